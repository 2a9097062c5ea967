/** A pattern with `*` for any characters, also none, and `?` for exactly one, as an expression that matches whole texts. */
export function wildcardExpression(pattern: string, flags = ''): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}
