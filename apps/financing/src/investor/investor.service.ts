import { callingUser, defineService, type ActionContext, type Service } from '@growr/bus'
import { investor as contract, identity, Refusal, user as users, type Caller, type Contract } from '@growr/contracts'
import type { Stored, Written } from '@growr/collections'
import { checkCommitment } from '@growr/lending'
import { amountOf as amountIn, type Amount } from '@growr/money'
import { action, connectionOfList, decimal, digestOf, eventsOf, positiveOf } from '@growr/service'
import { type Financing, organizationOf } from '../financing.ts'
import { investorContract } from './investor.contract.ts'
import type { ContractDoc, IntentDoc } from './investor.collections.ts'

/** Onboards investors: from the request or the invitation to the contract that both sides signed. */
export function investorService(financing: Financing): Service {
  const { books, intents, contracts } = financing

  const requireIntent = async (id: string): Promise<Stored<IntentDoc>> => {
    const found = await intents.get(id)
    if (!found) throw new Refusal('NOT_FOUND', { path: 'intent' })
    return found
  }
  const intentScope = async ({ intent }: { intent: string }) => {
    const { doc } = await requireIntent(intent)
    return { organization: doc.organization, owners: [doc.investor] }
  }
  const projectScope = ({ project }: { project: string }) => ({ organization: books.requireProject(project).state.organizationId })

  const present = (doc: IntentDoc) => {
    const { currency } = books.requireProject(doc.project).state
    const { id, project, organization, investor, status, source, walletAddress, createdAt } = doc
    return { id, project, organization, investor, status, source, walletAddress, createdAt, amount: doc.amount === null ? null : decimal(amountOfIntent(doc, currency.code), currency) }
  }

  /** A new intent, or the one that is there: an investor has one for each project. */
  const open = async (project: string, investor: string, status: 'REQUESTED' | 'INVITED', context: ActionContext, action: Contract, params: unknown) => {
    const { state } = books.requireProject(project)
    if (state.status === 'CLOSED' || state.distribution) throw new Refusal('PROJECT_STATUS', { path: 'project' })
    const earlier = (await intents.find({ where: { project, investor } })).find(({ doc }) => doc.status !== 'REJECTED')
    const request = financing.requests(action, params as never, context)
    if (earlier && !request) throw new Refusal('DUPLICATE', { path: 'project' })
    const doc: IntentDoc = { id: financing.newId(), project, organization: state.organizationId, investor, status, source: null, amount: null, walletAddress: null, createdAt: financing.clock.now().toISOString() }
    if (earlier) {
      const repeated = await intents.update(earlier.id, () => null, request ? { request } : {})
      if (!repeated.repeated) throw new Refusal('DUPLICATE', { path: 'project' })
      return present(repeated.doc)
    }
    const written = await intents.insert(doc, { ...(request ? { request } : {}), pending: [{ type: `investor.${status.toLowerCase()}`, data: { intent: doc.id } }] })
    financing.woken()
    return present(written.doc)
  }

  const move = async (id: string, from: readonly IntentDoc['status'][], change: (doc: IntentDoc) => Partial<IntentDoc>, event: string, context: ActionContext, action: Contract, params: unknown): Promise<Written<IntentDoc>> => {
    const request = financing.requests(action, params as never, context)
    const written = await intents.update(
      id,
      (doc) => {
        if (!from.includes(doc.status)) throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: doc.status } })
        return { ...doc, ...change(doc) }
      },
      { ...(request ? { request } : {}), pending: [{ type: event, data: { intent: id } }] },
    )
    financing.woken()
    return written
  }

  const draw = async (doc: IntentDoc): Promise<ContractDoc> => {
    const { state } = books.requireProject(doc.project)
    const source = state.funding.find(({ id }) => id === doc.source)
    if (doc.amount === null || !source) throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: doc.status } })
    const kept = await contracts.get(doc.id)
    if (kept) return kept.doc
    const document = investorContract(doc, amountOfIntent(doc, state.currency.code), source, state, await organizationOf(financing, doc.organization))
    return { id: doc.id, kind: 'INVESTOR', digest: digestOf(document), document, signatures: [] }
  }

  return defineService({
    name: 'investor',
    actions: [
      action(contract.requestInvitation, {
        handle: (params, context) => {
          const { state } = books.requireProject(params.project)
          if (!state.isPublic || state.status === 'DRAFT') throw new Refusal('NOT_FOUND', { path: 'project' })
          if (state.isInviteOnly) throw new Refusal('INVITE_ONLY', { path: 'project' })
          return open(params.project, callingUser(context).userId, 'REQUESTED', context, contract.requestInvitation, params)
        },
      }),
      action(contract.inviteInvestor, {
        scope: projectScope,
        handle: async (params, context) => {
          const organization = await organizationOf(financing, callingUser(context).organization as string)
          const { user } = await context.call(users.addUser, { name: params.name, email: params.email, type: 'INVESTOR', organizationName: organization.name })
          return open(params.project, user, 'INVITED', context, contract.inviteInvestor, params)
        },
      }),
      action(contract.approveInvestor, {
        scope: intentScope,
        handle: async (params, context) => present((await move(params.intent, ['REQUESTED'], () => ({ status: 'INVITED' }), 'investor.invited', context, contract.approveInvestor, params)).doc),
      }),
      action(contract.rejectInvestor, {
        scope: intentScope,
        handle: async (params, context) => present((await move(params.intent, ['REQUESTED', 'INVITED', 'CONFIRMED'], () => ({ status: 'REJECTED' }), 'investor.rejected', context, contract.rejectInvestor, params)).doc),
      }),
      action(contract.rejectInvitation, {
        scope: intentScope,
        handle: async (params, context) => present((await move(params.intent, ['INVITED', 'CONFIRMED'], () => ({ status: 'REJECTED' }), 'investor.declined', context, contract.rejectInvitation, params)).doc),
      }),
      action(contract.acceptInvitation, {
        scope: intentScope,
        handle: async (params, context) => {
          const { doc } = await requireIntent(params.intent)
          const { state } = books.requireProject(doc.project)
          const amount = positiveOf(params.amount, state.currency, 'amount')
          const source = state.funding.find(({ id, status }) => status === 'ACTIVE' && (params.source === undefined || id === params.source))
          if (!source) throw new Refusal('FUNDING_SOURCE', { path: 'source' })
          eventsOf(checkCommitment(state, source.id, amount) ?? { events: [] })
          const written = await move(
            params.intent, ['INVITED', 'CONFIRMED'],
            () => ({ status: 'CONFIRMED', source: source.id, amount: amount.amount.toString(), walletAddress: params.walletAddress ?? null }),
            'investor.confirmed', context, contract.acceptInvitation, params,
          )
          return present(written.doc)
        },
      }),
      action(contract.getContract, {
        scope: intentScope,
        handle: async ({ intent }) => {
          const { digest, document, signatures } = await draw((await requireIntent(intent)).doc)
          return { intent, digest, document, signatures, interestRate: String(document['interestRate']) }
        },
      }),
      action(contract.signContract, {
        scope: intentScope,
        handle: async (params, context) => {
          const { doc } = await requireIntent(params.intent)
          if (doc.status === 'SIGNED') return present((await move(params.intent, [], () => ({}), 'investor.signed', context, contract.signContract, params)).doc)
          if (doc.status !== 'CONFIRMED') throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: doc.status } })
          const drawn = await draw(doc)
          if (drawn.digest !== params.digest) throw new Refusal('CONTRACT_CHANGED', { path: 'digest' })
          // The investor signs by what a session proves: who, when, and the digest of what was read; the organization's key binds it.
          const acceptance = { ...drawn.document, acceptance: { digest: drawn.digest, by: callingUser(context).userId, at: new Date().toISOString() } }
          const signature = await context.call(identity.signForOrganization, { organization: doc.organization, type: 'InvestorContract', document: acceptance as never })
          if (!(await contracts.get(doc.id))) await contracts.insert({ ...drawn, signatures: [signature] })
          return present((await move(params.intent, ['CONFIRMED'], () => ({ status: 'SIGNED' }), 'investor.signed', context, contract.signContract, params)).doc)
        },
      }),
      action(contract.findIntent, { scope: intentScope, handle: async ({ intent }) => present((await requireIntent(intent)).doc) }),
      action(contract.findByProject, {
        scope: projectScope,
        handle: async ({ project, status, first, after }) => listed({ project, ...(status ? { status } : {}) }, first, after),
      }),
      action(contract.findByInvestor, {
        scope: (_params, { caller }: { caller: Caller }) => ({ owners: caller.kind === 'user' ? [caller.userId] : [] }),
        handle: async ({ first, after }, context) => listed({ investor: callingUser(context).userId }, first, after),
      }),
    ],
  })

  async function listed(where: Partial<Record<'project' | 'status' | 'investor', string>>, first: number, after: string | undefined) {
    const rows = await intents.find({ where: where as never, limit: first + 1, ...(after === undefined ? {} : { after }) })
    const page = rows.slice(0, first).map(({ id, doc }) => ({ key: id, value: present(doc) }))
    return connectionOfList({ rows: page, total: await intents.count(where as never), more: rows.length > first })
  }
}

export function amountOfIntent(doc: IntentDoc, currency: string): Amount {
  return amountIn(BigInt(doc.amount ?? '0'), currency)
}
