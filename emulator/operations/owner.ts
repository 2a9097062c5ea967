import { ACCOUNT_ID } from '../rights/account.ts';
import type { XmlElement } from '../xml.ts';

/** The account that owns all buckets and objects. */
export function ownerElement(): XmlElement {
  return [
    'Owner',
    [
      ['ID', ACCOUNT_ID],
      ['DisplayName', ACCOUNT_ID],
    ],
  ];
}
