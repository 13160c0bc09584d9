import { callingUser } from '@growr/bus'
import { investor as contract, Refusal, type Caller } from '@growr/contracts'
import { action } from '@growr/service'
import type { Financing } from '../financing.ts'
import { directoryOf } from './portfolio.directory.ts'
import { portfolioOf } from './portfolio.own.ts'
import { statementOf } from './portfolio.statement.ts'

/** What the Project investor service says to investors about their money. */
export function portfolioActions(financing: Financing) {
  const scope = (_params: unknown, { caller }: { caller: Caller }) => ({ owners: caller.kind === 'user' ? [caller.userId] : [] })
  return [
    action(contract.portfolio, {
      scope,
      handle: async ({ project }, context) => {
        const projects = await portfolioOf(financing, callingUser(context).userId, project)
        if (project !== undefined && projects.length === 0) throw new Refusal('NOT_FOUND', { path: 'project' })
        return { projects }
      },
    }),
    action(contract.statement, { scope, handle: (params, context) => statementOf(financing, callingUser(context).userId, params) }),
    action(contract.directory, { handle: (params) => directoryOf(financing, params) }),
  ]
}
