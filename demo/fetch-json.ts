/** An answer that is not the one that was hoped for. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
  /** HTTP. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** @throws BadAnswer with what the server says. */
export async function fetchJson<Answer>(url: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { cache: 'no-store', ...options });
  if (response.ok) return (await response.json()) as Answer;
  const { error }: { error?: { message?: string } } = await response.json().catch(() => ({}));
  const said = error?.message ?? 'It gave no reason.';
  throw new BadAnswer(`${url} answered ${response.status}. ${said}`, response.status);
}
