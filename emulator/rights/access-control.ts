import type { Services } from '../service.ts';
import { parseRole, parseStatements, parseUser } from './parse-access.ts';
import type { Statement } from './policy.ts';
import type { Requester } from './requester.ts';
import type { AccessControl } from './types.ts';

/** The part of the emulator's handle that deals with users, roles and keys. */
export function createAccessControl({ keys, roles, rights, sts }: Services): AccessControl {
  return {
    issueCredentials: ({ durationSeconds = 3600, statements } = {}) =>
      keys.issue(
        durationSeconds,
        statements && sessionOf(parseStatements(statements, 'statements')),
      ),
    addUser: (user) => keys.add(parseUser(user)),
    addRole: (role) => roles.add(parseRole(role)),
    setKeyEnabled: (accessKeyId, isEnabled) => keys.setEnabled(accessKeyId, isEnabled),
    setOwnerDisabled: (isDisabled) => rights.setOwnerDisabled(isDisabled),
    setStsBroken: (isBroken) => sts.setBroken(isBroken),
  };
}

/** Who has assumed a role with all rights, under this session policy. */
function sessionOf(
  sessionPolicy: readonly Statement[],
): (accessKeyId: string) => Extract<Requester, { kind: 'user' }> {
  const statements: Statement[] = [{ effect: 'allow', actions: ['*'], resources: ['*'] }];
  return (accessKeyId) => ({ kind: 'user', accessKeyId, statements, sessionPolicy });
}
