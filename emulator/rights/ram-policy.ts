import type { Statement } from './policy.ts';

/**
 * Reads a policy as RAM writes it, in JSON (RAM docs, "Policy structure and syntax"). Undefined when it has a form that
 * RAM would not accept, or NotAction, NotResource or Condition, which the emulator does not judge.
 */
export function parseRamPolicy(json: string): Statement[] | undefined {
  const policy = parseObject(json);
  if (policy === undefined || !hasOnly(policy, ['Version', 'Statement'])) return undefined;
  const { Version: version, Statement: items } = policy;
  if (version !== '1' || !Array.isArray(items)) return undefined;
  const statements = items.map(readStatement);
  return statements.every((statement) => statement !== undefined) ? statements : undefined;
}

function readStatement(value: unknown): Statement | undefined {
  if (!isObject(value) || !hasOnly(value, ['Effect', 'Action', 'Resource'])) return undefined;
  const { Effect: effect, Action: action, Resource: resource } = value;
  const actions = readTexts(action);
  const resources = readTexts(resource);
  if (actions === undefined || resources === undefined) return undefined;
  if (!actions.every((text) => /^(?:\*|[\w-]+:[\w*?]+)$/.test(text))) return undefined;
  if (effect !== 'Allow' && effect !== 'Deny') return undefined;
  return { effect: effect === 'Allow' ? 'allow' : 'deny', actions, resources };
}

/** One text, or several; none is not legal. */
function readTexts(value: unknown): string[] | undefined {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  const isLegal = texts.length > 0 && texts.every((text) => typeof text === 'string');
  return isLegal ? texts : undefined;
}

function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(json) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}
