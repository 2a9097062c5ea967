import { percentEncode } from '../names.ts';
import type { CallbackBodyType } from './parameters.ts';

/** What the variables of a callback's body stand for: system variables as they are called, custom ones with `x:`. */
export type CallbackVariables = ReadonlyMap<string, string | number>;

/**
 * Puts values in place of the variables: percent-encoded into a form, as JSON values into JSON; nothing, or an empty
 * text, for what is not known (OSS docs, Callback).
 */
export function fillBody(
  template: string,
  bodyType: CallbackBodyType,
  variables: CallbackVariables,
): string {
  return template.replaceAll(/\$\{([^{}]*)\}/g, (_whole, name: string) => {
    const value = variables.get(name) ?? '';
    return bodyType === 'application/json' ? JSON.stringify(value) : percentEncode(String(value));
  });
}
