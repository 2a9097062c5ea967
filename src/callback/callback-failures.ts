/** Why a callback failed, by what OSS says. Sources: "OSS Errors and Troubleshooting" 2019-08-16, §6; OSS docs, Callback. */
const CAUSES: readonly { readonly pattern: RegExp; readonly advice: string }[] = [
  {
    pattern: /not valid json/i,
    advice:
      'Your server has to answer with JSON as UTF-8 without a byte order mark, such as {"Status":"OK"}: no HTML, no text, nothing before or after it.',
  },
  {
    pattern: /missing content-length/i,
    advice:
      'Your server has to send a Content-Length: answer in one piece, not chunked, and look whether a proxy before it takes the header out.',
  },
  {
    pattern: /too long content-length/i,
    advice:
      'Your server has to answer with at most 1 MB: tell OSS little, the page can ask for more.',
  },
  {
    pattern: /invalid content-length/i,
    advice:
      'Your server has to send a Content-Length that is the number of bytes of its answer, which may not be empty.',
  },
  {
    pattern: /time ?out|too long time/i,
    advice:
      'Your server has to answer within 5 seconds: answer first and do the work afterwards, and let its firewall admit OSS.',
  },
  {
    pattern: /can ?not connect/i,
    advice:
      'OSS reaches only addresses of the public internet: check `callback.url`, its name, port and certificate, and that the firewall admits OSS.',
  },
  {
    pattern: /image info/i,
    advice:
      'The object is no image that OSS can read: leave ${imageInfo...} out of `callback.body` for such files.',
  },
  {
    pattern: /too many callback/i,
    advice: 'Too many callbacks at once: send fewer uploads at a time, or ask for a higher quota.',
  },
  {
    pattern: /status ?: ?3\d\d/i,
    advice:
      'OSS follows no redirection: set `callback.url` to the final address, with https and the trailing slash if it has them.',
  },
  {
    pattern: /status ?: ?2\d\d/i,
    advice: 'Your server has to answer with status 200; no other status counts as success.',
  },
  {
    pattern: /status ?: ?(?:401|403)/i,
    advice:
      'Your server refused the callback: let it in without a login, and check OSS’s signature instead.',
  },
  {
    pattern: /status ?: ?4\d\d/i,
    advice:
      'Your server refused the callback: its log says why; compare path, method (POST), body type and how it checks OSS’s signature.',
  },
  {
    pattern: /status ?: ?50[234]/i,
    advice:
      'The gateway before your server answered in its place: the server behind it is down, too slow, or closes connections.',
  },
  {
    pattern: /status ?: ?5\d\d/i,
    advice: 'Your server failed at the callback: its log says why.',
  },
];

const OTHER =
  'Your server must be reachable from the internet and answer within 5 seconds with status 200, a Content-Length and JSON.';

/** What to do about a callback that failed, by OSS's message. */
export function adviceFor(message: string): string {
  const cause = CAUSES.find(({ pattern }) => pattern.test(message));
  return `The object is stored, do not upload it again; your server was not told, so tell it yourself. ${cause?.advice ?? OTHER}`;
}
