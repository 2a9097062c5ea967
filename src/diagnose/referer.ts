import { objectUrl } from '../oss/object-url.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';

export const REFERER_DENIAL: RegExp = /bucket referer policy/i;

/**
 * Why the bucket's Referer policy denies this page. XHR sends whatever the page's own policy says; fetch can be told, and
 * so shows what would be let through.
 *
 * @param isSigned whether a signed request was denied, which the bucket itself does not do.
 */
export async function refererFinding({ prober }: Examination, isSigned: boolean): Promise<Finding> {
  const url = objectUrl(prober.endpoint, prober.key, []);
  const [asOrigin, asBlank] = await Promise.all([
    isAllowed(prober, url, 'origin'),
    isAllowed(prober, url, 'no-referrer'),
  ]);
  const { origin } = globalThis;
  const isBlank = asOrigin && !asBlank;
  return {
    id: isBlank ? 'referer-blank' : 'referer-whitelist',
    severity: isSigned ? 'error' : 'warning',
    title: isBlank
      ? 'This page sends no Referer, and the bucket wants one'
      : "This page is not on the bucket's Referer whitelist",
    evidence: `A request of this page was denied by the Referer policy. With the Referer ${origin}/ it is ${asOrigin ? 'let through' : 'denied'}; with none it is ${asBlank ? 'let through' : 'denied'}.`,
    advice: [
      isSigned
        ? 'OSS does not check requests with an Authorization header, as all uploads are: this check is that of a CDN or proxy in between.'
        : 'Uploads are not touched, since OSS does not check requests with an Authorization header; links, images and signed addresses are.',
      isBlank
        ? "Change the page's own referrer policy; requests of an upload have none of their own."
        : 'Add the origin to the whitelist; browsers send it without a path.',
    ].join(' '),
    fix: isBlank
      ? [
          {
            where: 'Head of the page',
            text: '<meta name="referrer" content="strict-origin-when-cross-origin">',
          },
        ]
      : [
          { where: 'Referer whitelist of the bucket, one entry', text: `${origin}/*` },
          ...(asBlank
            ? [
                {
                  where: 'Or, as the bucket lets an empty Referer pass: head of the page',
                  text: '<meta name="referrer" content="no-referrer">',
                },
              ]
            : []),
        ],
  };
}

async function isAllowed(
  prober: Examination['prober'],
  url: string,
  referrerPolicy: ReferrerPolicy,
): Promise<boolean> {
  const text = await prober.patiently(async () => {
    const init = { referrerPolicy, cache: 'no-store', credentials: 'omit' } as const;
    return await (await fetch(url, init)).text().catch(() => '');
  });
  return text !== undefined && !REFERER_DENIAL.test(text);
}
