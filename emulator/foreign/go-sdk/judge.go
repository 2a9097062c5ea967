// Judges an emulator by the service's own SDK for Go, which checks every CRC64 that it is told.
// Usage: judge ORIGIN ACCESS_KEY_ID ACCESS_KEY_SECRET BUCKET DIRECTORY
// Prints one line for each check: its name, a tab, and "ok" or what went wrong.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

const partSize = 100 * 1024

// A key with all that has to be escaped somewhere; the SDK writes its spaces as plus signs.
const key = "films/中国 日本 ü b+c 50% '<&>' -#&=*.mp4"

type judge struct {
	client  *oss.Client
	bucket  *oss.Bucket
	content []byte
	file    string
}

func main() {
	client, err := oss.New(os.Args[1], os.Args[2], os.Args[3])
	exitOn(err)
	bucket, err := client.Bucket(os.Args[4])
	exitOn(err)
	content := make([]byte, 5*partSize+7)
	for index := range content {
		content[index] = byte(index*31 + index>>8)
	}
	file := filepath.Join(os.Args[5], "film.mp4")
	exitOn(os.WriteFile(file, content, 0o600))
	j := judge{client, bucket, content, file}
	for _, check := range []struct {
		name string
		run  func() error
	}{
		{"put and get", j.putAndGet},
		{"range", j.getRange},
		{"metadata", j.metadata},
		{"upload and download of a file", j.uploadFile},
		{"multipart upload by hand", j.multipart},
		{"copies", j.copies},
		{"append", j.appendTwice},
		{"list and delete", j.listAndDelete},
		{"errors", j.failures},
		{"CORS", j.cors},
		{"referers", j.referers},
		{"lifecycle", j.lifecycle},
	} {
		result := "ok"
		if err := check.run(); err != nil {
			result = fmt.Sprintf("%q", err.Error())
		}
		fmt.Printf("%s\t%s\n", check.name, result)
	}
}

func (j judge) putAndGet() error {
	if err := j.bucket.PutObject(key, bytes.NewReader(j.content)); err != nil {
		return err
	}
	return j.expectStored(key, j.content)
}

func (j judge) getRange() error {
	reader, err := j.bucket.GetObject(key, oss.Range(10, 19))
	if err != nil {
		return err
	}
	defer reader.Close()
	got, err := io.ReadAll(reader)
	return firstOf(err, expect(bytes.Equal(got, j.content[10:20]), "other bytes"))
}

func (j judge) metadata() error {
	err := j.bucket.SetObjectMeta(key, oss.Meta("author", "alice"), oss.ContentType("video/mp4"))
	if err != nil {
		return err
	}
	header, err := j.bucket.GetObjectDetailedMeta(key)
	return firstOf(err,
		expect(header.Get("X-Oss-Meta-Author") == "alice", "author: %v", header),
		expect(header.Get("Content-Type") == "video/mp4", "type: %v", header))
}

func (j judge) uploadFile() error {
	options := []oss.Option{oss.Routines(3), oss.Checkpoint(true, j.file+".checkpoint")}
	if err := j.bucket.UploadFile("parts", j.file, partSize, options...); err != nil {
		return err
	}
	back := j.file + ".back"
	if err := j.bucket.DownloadFile("parts", back, partSize, oss.Routines(3)); err != nil {
		return err
	}
	got, err := os.ReadFile(back)
	return firstOf(err, expect(bytes.Equal(got, j.content), "other bytes"))
}

func (j judge) multipart() error {
	upload, err := j.bucket.InitiateMultipartUpload(key)
	if err != nil {
		return err
	}
	var parts []oss.UploadPart
	for number := 1; number <= 2; number++ {
		part := bytes.NewReader(j.content[(number-1)*partSize : number*partSize])
		uploaded, err := j.bucket.UploadPart(upload, part, partSize, number)
		if err != nil {
			return err
		}
		parts = append(parts, uploaded)
	}
	listed, err := j.bucket.ListUploadedParts(upload)
	if err != nil {
		return err
	}
	uploads, err := j.bucket.ListMultipartUploads(oss.Prefix("films/"))
	if err != nil {
		return err
	}
	_, err = j.bucket.CompleteMultipartUpload(upload, parts)
	return firstOf(err,
		expect(len(listed.UploadedParts) == 2, "parts: %v", listed),
		expect(listed.UploadedParts[1].Size == partSize, "sizes: %v", listed),
		expect(len(uploads.Uploads) == 1 && uploads.Uploads[0].Key == key, "uploads: %v", uploads),
		j.expectStored(key, j.content[:2*partSize]))
}

func (j judge) copies() error {
	if _, err := j.bucket.CopyObject(key, "copy of it"); err != nil {
		return err
	}
	err := j.bucket.CopyFile(j.bucket.BucketName, "parts", "copy in parts", 2*partSize)
	return firstOf(err,
		j.expectStored("copy of it", j.content[:2*partSize]),
		j.expectStored("copy in parts", j.content))
}

func (j judge) appendTwice() error {
	position, err := j.bucket.AppendObject("log", bytes.NewReader(j.content[:10]), 0)
	if err != nil {
		return err
	}
	_, err = j.bucket.AppendObject("log", bytes.NewReader(j.content[10:20]), position)
	return firstOf(err, j.expectStored("log", j.content[:20]))
}

func (j judge) listAndDelete() error {
	own, err := j.bucket.ListObjects(oss.Prefix(key))
	if err != nil {
		return err
	}
	first, err := j.bucket.ListObjects(oss.MaxKeys(2))
	if err != nil {
		return err
	}
	rest, err := j.bucket.ListObjects(oss.Marker(first.NextMarker))
	if err != nil {
		return err
	}
	var keys []string
	for _, object := range append(first.Objects, rest.Objects...) {
		keys = append(keys, object.Key)
	}
	deleted, err := j.bucket.DeleteObjects(keys)
	if err != nil {
		return err
	}
	after, err := j.bucket.ListObjects()
	return firstOf(err,
		expect(len(own.Objects) == 1 && own.Objects[0].Key == key, "by prefix: %v", own),
		expect(first.IsTruncated && len(keys) == 5, "keys: %v", keys),
		expect(len(deleted.DeletedObjects) == 5, "deleted: %v", deleted),
		expect(len(after.Objects) == 0, "left: %v", after))
}

func (j judge) failures() error {
	_, err := j.bucket.GetObject("none")
	var service oss.ServiceError
	if !errors.As(err, &service) || service.Code != "NoSuchKey" || service.StatusCode != 404 {
		return fmt.Errorf("none: %v", err)
	}
	err = j.bucket.PutObject("/leading", bytes.NewReader(nil))
	if !errors.As(err, &service) || service.Code != "InvalidObjectName" {
		return fmt.Errorf("leading slash: %v", err)
	}
	other, err := oss.New(os.Args[1], os.Args[2], "wrong")
	exitOn(err)
	_, err = other.GetBucketInfo(j.bucket.BucketName)
	if !errors.As(err, &service) || service.Code != "SignatureDoesNotMatch" {
		return fmt.Errorf("wrong secret: %v", err)
	}
	return nil
}

func (j judge) cors() error {
	rule := oss.CORSRule{
		AllowedOrigin: []string{"https://app.example.com"},
		AllowedMethod: []string{"PUT", "GET"},
		AllowedHeader: []string{"*"},
		ExposeHeader:  []string{"ETag"},
		MaxAgeSeconds: 600,
	}
	if err := j.client.SetBucketCORS(j.bucket.BucketName, []oss.CORSRule{rule}); err != nil {
		return err
	}
	got, err := j.client.GetBucketCORS(j.bucket.BucketName)
	if err != nil {
		return err
	}
	return firstOf(
		expect(len(got.CORSRules) == 1 && got.CORSRules[0].MaxAgeSeconds == 600, "%v", got),
		j.client.DeleteBucketCORS(j.bucket.BucketName))
}

func (j judge) referers() error {
	referers := []string{"https://*.example.com", "https://other.example"}
	if err := j.client.SetBucketReferer(j.bucket.BucketName, referers, true); err != nil {
		return err
	}
	got, err := j.client.GetBucketReferer(j.bucket.BucketName)
	return firstOf(err, expect(len(got.RefererList) == 2 && got.AllowEmptyReferer, "%v", got))
}

func (j judge) lifecycle() error {
	rules := []oss.LifecycleRule{oss.BuildLifecycleRuleByDays("tidy", "films/", true, 3)}
	if err := j.client.SetBucketLifecycle(j.bucket.BucketName, rules); err != nil {
		return err
	}
	got, err := j.client.GetBucketLifecycle(j.bucket.BucketName)
	return firstOf(err, expect(len(got.Rules) == 1 && got.Rules[0].Expiration.Days == 3, "%v", got))
}

func (j judge) expectStored(key string, content []byte) error {
	reader, err := j.bucket.GetObject(key)
	if err != nil {
		return err
	}
	defer reader.Close()
	got, err := io.ReadAll(reader)
	return firstOf(err, expect(bytes.Equal(got, content), "other bytes in %s", key))
}

func expect(condition bool, format string, values ...any) error {
	if condition {
		return nil
	}
	return fmt.Errorf(format, values...)
}

func firstOf(failures ...error) error {
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

func exitOn(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
