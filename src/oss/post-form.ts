/**
 * What a form has to be like: a field has this value, `eq` the same in other words; a field starts with a text; is one
 * of some texts, or none of them; the file has so many bytes (OSS docs, PostObject, "Post policy").
 */
export type PostCondition =
  | Readonly<Record<string, string>>
  | readonly [operator: 'eq' | 'starts-with', field: `$${string}`, value: string]
  | readonly [operator: 'in' | 'not-in', field: `$${string}`, values: readonly string[]]
  | readonly [operator: 'content-length-range', min: number, max: number];

/** What is left to the page, for it to check before it sends. */
export interface PostConstraints {
  /** The field `key`: among the fields already, or to be filled in by the page. */
  readonly key: { readonly equals: string } | { readonly startsWith: string };
  /** Bytes of the file, both included. */
  readonly size: { readonly min: number; readonly max: number };
  /** The field `x-oss-content-type`, which the page fills in unless the value is fixed. Absent: the file's own type. */
  readonly contentType?:
    | { readonly equals: string }
    | { readonly startsWith: string }
    | { readonly in: readonly string[] };
  /** Conditions on other fields that the page fills in. */
  readonly conditions: readonly PostCondition[];
  /** When the form is refused, in epoch milliseconds. */
  readonly expiresAt: number;
}

/** A signed form that a page can send: `fields` as they are, then its own, the `file` last. */
export interface PostForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly constraints: PostConstraints;
}
