/** What went wrong with a request, as its page is told; nothing secret stands in it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function answerJson(value: unknown, status = 200): Response {
  return Response.json(value, { status, headers: { 'cache-control': 'no-store' } });
}

/** In the form of the signer's refusals, so that pages read one kind. */
export function answerRefusal({ status, code, message }: Refusal): Response {
  return answerJson({ error: { code, message } }, status);
}
