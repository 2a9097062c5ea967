// What each entry of the package may weigh, minified and by Brotli, dependencies included: what was reached, and 3 %.
const CHECKS = [
  {
    name: 'createUploader: what a page loads at first, dependencies included',
    path: 'dist/index.js',
    ignore: ['./error-codes-*', './here-*'],
    limit: '9.6 kB',
  },
  {
    name: 'worker.js: the engine, as far as a plain upload needs it, beside the page',
    path: 'dist/worker.js',
    limit: '23.8 kB',
  },
  {
    name: 'what it loads to hash',
    path: 'dist/worker-hashing.js',
    limit: '8.6 kB',
  },
  {
    name: 'what it loads for failures, resumes and other tabs',
    path: 'dist/worker-trouble.js',
    limit: '8.25 kB',
  },
  {
    name: "what it loads for forms, callbacks, V1, signatures of the app's server, several endpoints",
    path: 'dist/worker-more.js',
    limit: '9.2 kB',
  },
  {
    name: 'partway/worker: all of it in one file',
    path: 'dist/whole-worker.js',
    limit: '48.7 kB',
  },
  {
    name: 'the engine for the page itself, where no worker is to be had, beside the above',
    path: 'dist/here-*.js',
    ignore: [
      './add-advice-*',
      './endpoint-*',
      './errors-*',
      './form-way-*',
      './hasher-*',
      './outcome-*',
      './part-map-*',
      './percent-encoding-*',
      './remote-authorization-*',
      './request-signer-v1-*',
      './several-endpoints-*',
      './system-clock-*',
      './trouble-*',
      './unfinished-sessions-*',
    ],
    limit: '22.3 kB',
  },
  {
    name: 'what it loads beside itself, for failures, resumes and other tabs',
    path: 'dist/trouble-*.js',
    ignore: ['./add-advice-*', './errors-*', './here-*', './multipart-etag-*', './xhr-transport-*'],
    limit: '8.1 kB',
  },
  {
    name: 'partway/advice',
    path: 'dist/advice.js',
    limit: '10.4 kB',
  },
  {
    name: 'partway/post-object, without what is loaded on demand',
    path: 'dist/post-object.js',
    ignore: ['./hasher-*', './error-codes-*', './callback-*', './try-again-*'],
    limit: '13.6 kB',
  },
  {
    name: 'partway/diagnose, without the catalogue',
    path: 'dist/diagnose.js',
    ignore: ['./error-codes-*', './hasher-*'],
    limit: '18.3 kB',
  },
];

/** As the library is written: addresses of files beside it are known in ES modules only. */
const modifyEsbuildConfig = (config) => ({ ...config, format: 'esm' });

export default CHECKS.map((check) => ({ ...check, modifyEsbuildConfig }));
