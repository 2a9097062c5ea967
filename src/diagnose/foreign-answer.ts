import { readXml } from '../oss/xml.ts';
import type { TransportResponse } from '../ports.ts';
import type { Finding } from './finding.ts';

/** Tells when somebody else than OSS has answered. */
export function foreignAnswer(base: string, response: TransportResponse): Finding | undefined {
  const { origin } = new URL(base);
  const from = new URL(response.url).origin;
  if (from !== origin) {
    return {
      id: 'redirected',
      severity: 'error',
      title: `Requests to ${origin} are redirected to ${from}`,
      evidence: 'OSS does not redirect uploads, and an answer from elsewhere is not believed.',
      advice:
        'Look at the proxy or CDN in between, or log in to the network. If the redirect is meant, let `endpoint` name its target.',
    };
  }
  // A bucket may have a page of its own for what is not there, and says by this header that OSS sends it.
  if (response.header('x-oss-request-id') !== undefined) return;
  // Whatever else OSS has to say is one of its documents; some answers have no body at all.
  const { name = '' } = readXml(response.body) ?? {};
  if (response.status >= 500 || response.body === '' || /^Error$|Result$/.test(name)) return;
  return notOss(origin, response);
}

/** For an answer that lacks what OSS always puts there. */
export function notOss(origin: string, response: TransportResponse): Finding {
  const type = response.header('content-type') ?? 'no content type';
  return {
    id: 'foreign-answer',
    severity: 'error',
    title: `What answers at ${origin} is not OSS`,
    evidence: `A request got ${response.status} with ${type} in place of an answer of OSS.`,
    advice:
      'The endpoint leads to a web server, a proxy that does not pass requests on, or the login page of a network. Check `endpoint`, and the rules of the proxy if there is one.',
  };
}
