import { callingUser, defineService, type Service } from '@growr/bus'
import { investor as contract, Refusal, user as users, type Caller, type Contract, type Params } from '@growr/contracts'
import type { Written } from '@growr/collections'
import { action, connectionOf } from '@growr/service'
import { type Financing, organizationOf } from '../financing.ts'
import { portfolioActions } from '../portfolio/portfolio.actions.ts'
import type { IntentDoc } from './investor.collections.ts'
import { acceptInvitation, contractOf, signContract } from './investor.commitment.ts'
import { Intents, type Asked } from './investor.intents.ts'

/** Onboards investors: from the request or the invitation to the contract that both sides signed. */
export function investorService(financing: Financing): Service {
  const { books } = financing
  const intents = new Intents(financing)
  const scopeOf = async ({ intent }: { intent: string }) => {
    const { organization, investor } = await intents.require(intent)
    return { organization, owners: [investor] }
  }
  const projectScope = ({ project }: { project: string }) => ({ organization: books.requireProject(project).state.organizationId })
  const shown = async (written: Promise<Written<IntentDoc>>) => intents.present((await written).doc)
  /** Turns an intent that is in one of these statuses away from where it was going. */
  const turn = (from: readonly IntentDoc['status'][], status: IntentDoc['status'], event: string) =>
    <C extends Contract>({ intent }: { intent: string } & Params<C>, asked: Asked<C>) => shown(intents.move(intent, from, () => ({ status }), event, asked))

  return defineService({
    name: 'investor',
    actions: [
      action(contract.requestInvitation, {
        handle: (params, context) => {
          const { state } = books.requireProject(params.project)
          if (!state.isPublic || state.status === 'DRAFT') throw new Refusal('NOT_FOUND', { path: 'project' })
          if (state.isInviteOnly) throw new Refusal('INVITE_ONLY', { path: 'project' })
          return shown(intents.open(params.project, callingUser(context).userId, 'REQUESTED', { contract: contract.requestInvitation, params, context }))
        },
      }),
      action(contract.inviteInvestor, {
        scope: projectScope,
        handle: async (params, context) => {
          intents.requireOpen(params.project)
          const { name } = await organizationOf(financing, books.requireProject(params.project).state.organizationId)
          const { user } = await context.call(users.addUser, { name: params.name, email: params.email, type: 'INVESTOR', organizationName: name })
          return shown(intents.open(params.project, user, 'INVITED', { contract: contract.inviteInvestor, params, context }))
        },
      }),
      action(contract.approveInvestor, {
        scope: scopeOf,
        handle: (params, context) => turn(['REQUESTED'], 'INVITED', 'investor.invited')(params, { contract: contract.approveInvestor, params, context }),
      }),
      action(contract.rejectInvestor, {
        scope: scopeOf,
        handle: (params, context) => turn(['REQUESTED', 'INVITED', 'CONFIRMED'], 'REJECTED', 'investor.rejected')(params, { contract: contract.rejectInvestor, params, context }),
      }),
      action(contract.rejectInvitation, {
        scope: scopeOf,
        handle: (params, context) => turn(['INVITED', 'CONFIRMED'], 'REJECTED', 'investor.declined')(params, { contract: contract.rejectInvitation, params, context }),
      }),
      action(contract.acceptInvitation, {
        scope: scopeOf,
        handle: (params, context) => shown(acceptInvitation(financing, intents, params, context)),
      }),
      action(contract.getContract, {
        scope: scopeOf,
        handle: async ({ intent }) => {
          const { digest, document, signatures } = await contractOf(financing, await intents.require(intent))
          return { intent, digest, document, signatures, interestRate: document['interestRate'] as string }
        },
      }),
      action(contract.signContract, { scope: scopeOf, handle: (params, context) => shown(signContract(financing, intents, params, context)) }),
      action(contract.findIntent, { scope: scopeOf, handle: async ({ intent }) => intents.present(await intents.require(intent)) }),
      action(contract.findByProject, {
        scope: projectScope,
        handle: ({ project, status, first, after }) => connectionOf(financing.intents, { project, ...(status ? { status } : {}) }, { first, after }, (doc) => intents.present(doc)),
      }),
      action(contract.findByInvestor, {
        scope: (_params, { caller }: { caller: Caller }) => ({ owners: caller.kind === 'user' ? [caller.userId] : [] }),
        handle: ({ first, after }, context) => connectionOf(financing.intents, { investor: callingUser(context).userId }, { first, after }, (doc) => intents.present(doc)),
      }),
      ...portfolioActions(financing),
    ],
  })
}
