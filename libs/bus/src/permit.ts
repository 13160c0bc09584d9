import { Refusal, type Caller, type Contract, type ServiceCaller } from '@growr/contracts'

/** Whose a thing is. */
export interface Scope {
  readonly organization?: string | undefined
  /** The ids of the users whose own it is. */
  readonly owners?: readonly string[] | undefined
}

/** Whether an access rule needs to know whose the thing is. */
export const needsScope = (contract: Contract): boolean => Object.values(contract.access.users ?? {}).some((relation) => relation !== 'any')

/**
 * Decides by the contract alone whether the caller may go on: true, or, where the answer depends on whose the thing is, a
 * check that the scope has to pass. Denies by default: UNAUTHENTICATED for one who has not signed in where users may, else FORBIDDEN.
 */
export function permit(contract: Contract, caller: Caller, through: ServiceCaller | undefined): true | ((scope: Scope) => void) {
  const { access } = contract
  if (access.public) return true
  if (through && access.services?.includes(through.service)) return true
  if (caller.kind === 'user') {
    const relation = access.users?.[caller.role]
    if (relation === 'any') return true
    if (relation === 'organization') {
      return (scope) => {
        if (caller.organization === undefined || scope.organization !== caller.organization) throw new Refusal('FORBIDDEN')
      }
    }
    if (relation === 'own') {
      return (scope) => {
        if (!scope.owners?.includes(caller.userId)) throw new Refusal('FORBIDDEN')
      }
    }
  }
  throw new Refusal(caller.kind === 'stranger' && access.users ? 'UNAUTHENTICATED' : 'FORBIDDEN')
}
