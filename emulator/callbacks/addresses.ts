import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { invalidArgument } from '../errors.ts';

/** Where callbacks may go: this machine, anywhere, or where the service sends them, which is no private address. */
export const CALLBACK_REACHES = ['loopback', 'anywhere', 'public'] as const;
export type CallbackReach = (typeof CALLBACK_REACHES)[number];

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6');

/** The address of a callback's host. Throws InvalidArgument when there is none, or one that may not be reached. */
export async function resolveCallbackHost(url: URL, reach: CallbackReach): Promise<string> {
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  const address = await findAddress(host);
  if (address === undefined)
    throw invalidArgument('callbackUrl', url.href, 'Can not get ip by this host.');
  const isPrivate = contains(PRIVATE, address);
  if (reach === 'anywhere') return address;
  if (reach === 'loopback' && contains(LOOPBACK, address)) return address;
  if (reach === 'public' && !isPrivate) return address;
  const message =
    isPrivate || reach === 'public'
      ? 'Private address is forbidden to callback.'
      : 'Foreign address is forbidden to callback: the emulator only calls this machine.';
  throw invalidArgument('callbackUrl', url.href, message);
}

async function findAddress(host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return host;
  // Resolvers do not all know the names below localhost, which all mean this machine.
  if (host === 'localhost' || host.endsWith('.localhost')) return '127.0.0.1';
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
