import type { StsCode } from './codes.ts';
import type { ErrorCodeEntry } from './entry.ts';

/** These reach your server, which calls AssumeRole; a page sees at most what the server makes of them. */
export const STS: Readonly<Record<StsCode, ErrorCodeEntry>> = {
  'EntityNotExist.Role': {
    status: 404,
    meaning: 'There is no role of this name in the account.',
    advice: 'Copy the ARN of the role from the RAM console into the RoleArn of your server.',
    recovery: 'fail',
    source: 'STS docs, AssumeRole',
  },
  'InvalidAccessKeyId.Inactive': {
    status: 403,
    meaning: 'The access key that your server calls STS with is disabled.',
    advice: 'Enable the key of the RAM user in the RAM console, or give the server another one.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §7; status inferred',
  },
  'InvalidAccessKeyId.NotFound': {
    status: 404,
    meaning: 'STS does not know the access key that your server calls it with.',
    advice: 'Compare the key with the RAM console, and remove blanks before and after it.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §7; status inferred',
  },
  InvalidParameter: {
    status: 400,
    meaning: 'A parameter of AssumeRole has a wrong form, most often the RoleArn.',
    advice: 'Compare RoleArn with what the RAM console shows: acs:ram::{account}:role/{name}.',
    recovery: 'fail',
    source: 'STS docs, AssumeRole',
  },
  'InvalidParameter.DurationSeconds': {
    status: 400,
    meaning: 'The lifetime of the token is below 900 seconds or above what the role allows.',
    advice:
      'Ask for 900 to 3600 seconds, or raise the maximum session duration of the role: `credentials` is asked again when a token ends.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §7; STS docs, AssumeRole',
  },
  'InvalidParameter.PolicyGrammar': {
    status: 400,
    meaning: 'The session policy that your server passes to AssumeRole is not valid.',
    advice:
      'Check its JSON: Version, then Statement with Effect, Action and Resource. Leave it out if the role alone is narrow enough.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §7',
  },
  'InvalidParameter.PolicySize': {
    status: 400,
    meaning: 'The session policy that your server passes to AssumeRole is too long.',
    advice: 'Keep it below 1,024 characters: name a key prefix in place of single keys.',
    recovery: 'fail',
    source: 'STS docs, AssumeRole',
  },
  'InvalidParameter.RoleArn': {
    status: 400,
    meaning: 'The RoleArn that your server passes to AssumeRole has a wrong form.',
    advice: 'Compare it with what the RAM console shows: acs:ram::{account}:role/{name}.',
    recovery: 'fail',
    source: 'STS docs, AssumeRole',
  },
  'InvalidParameter.RoleSessionName': {
    status: 400,
    meaning: 'The session name that your server passes to AssumeRole has a wrong form.',
    advice: 'Use 2 to 32 letters, digits and the signs . @ - _, for example the id of the user.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §7',
  },
  MissingSecurityToken: {
    status: 400,
    meaning: 'STS was called with a temporary key without its token.',
    advice: 'Call AssumeRole with the lasting key of a RAM user, not with keys that came from STS.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §7; status inferred',
  },
  NoPermission: {
    status: 403,
    meaning: 'The caller of AssumeRole may not take the role.',
    advice:
      'Call it with the key of a RAM user, not of the account itself, and attach AliyunSTSAssumeRoleAccess to that user. The trust policy of the role must name the account, not a service.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §7',
  },
};
