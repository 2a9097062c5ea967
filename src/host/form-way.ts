import type { Shared } from '../engine/context.ts';
import { onDemand } from '../on-demand.ts';
import type { AskSettings } from '../oss/ask-app.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import type { FormDependencies } from '../post-object/send-form.ts';
import type { SigningOptions } from '../signing-options.ts';

/** How files go where the app has nothing but signed forms; loaded when the first one goes. */
export function createFormWay(
  { form }: SigningOptions,
  { base }: Endpoint,
  deps: FormDependencies,
  asking: AskSettings,
): Shared['sendByForm'] {
  if (form === undefined) return undefined;
  const loaded = onDemand(async () => {
    const { createFormWay: create, sendAsForm } = await import('../post-object/form-way.ts');
    return { sendAsForm, send: create(form, `${base}/`, deps, asking) };
  }, asking);
  return async (context) => {
    const { sendAsForm, send } = await loaded();
    return await sendAsForm(context, send);
  };
}
