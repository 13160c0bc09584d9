import { defineService, type ActionContext, type Service } from '@growr/bus'
import { project as contract, type Caller } from '@growr/contracts'
import { decideProject, distribute, distributionInput, payablesOf, type ProjectCommand } from '@growr/lending'
import { action, connectionOfList, decimal, eventsOf, positiveOf } from '@growr/service'
import { creatorOf } from '../books/persons.ts'
import { type Financing, today } from '../financing.ts'
import { accountsOf, restFacts } from './project.accounts.ts'
import { businessDayOf, closeDays } from './project.day.ts'
import { createProject } from './project.create.ts'
import { fundJunior, withdrawJunior } from './project.junior.ts'
import { criteriaOf, lendingTermsOf, offeredTo, requireIncome, sourceOf } from './project.parse.ts'
import { openWallets } from './project.wallets.ts'
import { presentProject, presentPublic } from './project.present.ts'
import { investorsOf, seenBy } from './project.rights.ts'

/** Creates and manages lending projects; reads and writes the Project book. */
export function projectService(financing: Financing): Service {
  const { books } = financing
  const show = (key: string) => {
    const { state, seq } = books.requireProject(key)
    return presentProject(state, books.position(state), seq)
  }
  const scopeOf = ({ key }: { key: string }) => ({ organization: books.requireProject(key).state.organizationId })

  /** Decides on a project's present state and appends, in the project's queue. */
  const change = async (name: string, params: { key: string }, context: ActionContext, command: (on: string) => ProjectCommand | Promise<ProjectCommand>) => {
    const { organizationId: organization } = books.requireProject(params.key).state
    const authority = { caller: context.caller, action: name, requestId: context.requestId, params }
    const on = await today(financing, organization)
    await books.once('project', { organization, project: params.key }, authority, async () => {
      const current = books.requireProject(params.key)
      return { current, events: eventsOf(decideProject(current.state, await command(on))), person: creatorOf(current.state) }
    })
    return show(params.key)
  }

  return defineService({
    name: 'project',
    actions: [
      action(contract.createProject, {
        scope: ({ organization }, { caller }) => ({ organization: organization ?? (caller.kind === 'user' ? caller.organization : undefined) }),
        handle: async (params, context) => show(await createProject(financing, params, context)),
      }),
      action(contract.updateProject, {
        scope: scopeOf,
        handle: (params, context) => change(contract.updateProject.name, params, context, () => {
          const { key: _key, ...changes } = params
          return { type: 'update', changes: defined(changes) }
        }),
      }),
      action(contract.modifyProjectParams, {
        scope: scopeOf,
        handle: (params, context) => change(contract.modifyProjectParams.name, params, context, () => {
          const { state } = books.requireProject(params.key)
          const { startDate, endDate, juniorRate, amount } = params
          const criteria = params.criteria === undefined ? state.criteria : criteriaOf(params.criteria)
          const loans = params.loans === undefined ? state.loans : lendingTermsOf(params.loans, state.currency)
          requireIncome(criteria, loans)
          return {
            type: 'modifyParams',
            changes: {
              ...defined({ startDate, endDate, juniorRate }),
              ...(amount === undefined ? {} : { amount: positiveOf(amount, state.currency, 'amount') }),
              ...(params.criteria === undefined ? {} : { criteria }),
              ...(params.loans === undefined ? {} : { loans }),
            },
          }
        }),
      }),
      action(contract.addProjectFunding, {
        scope: scopeOf,
        handle: (params, context) => change(contract.addProjectFunding.name, params, context, async () => ({
          type: 'addFunding', source: sourceOf(params.source, books.requireProject(params.key).state.currency, financing.newId(), 'source', await offeredTo(financing, [params.source])),
        })),
      }),
      action(contract.activateProject, { scope: scopeOf, handle: (params, context) => change(contract.activateProject.name, params, context, async (on) => ({ type: 'activate', on, addresses: await openWallets(financing, params.key) })) }),
      action(contract.deactivateProject, { scope: scopeOf, handle: (params, context) => change(contract.deactivateProject.name, params, context, (on) => ({ type: 'deactivate', on })) }),
      action(contract.closeProject, {
        scope: scopeOf,
        handle: (params, context) => change(contract.closeProject.name, params, context, async (on) => {
          const { clearing, suspense, pendingPayments, foreign } = await restFacts(financing, params.key)
          return { type: 'distribute', on, clearing, suspense, pendingPayments, foreign, loans: books.loansOf(params.key), fundings: books.fundingsOf(params.key) }
        }),
      }),
      action(contract.previewDistribution, {
        scope: scopeOf,
        handle: async ({ key }) => {
          const { state } = books.requireProject(key)
          const payables = state.distribution?.payables ?? payablesOf(distribute(distributionInput(state, books.loansOf(key), books.fundingsOf(key), await today(financing, state.organizationId))))
          return payables.map(({ id, payee, kind, party, amount, paid }) => ({ id, payee, kind, party, amount: decimal(amount, state.currency), paid: decimal(paid, state.currency) }))
        },
      }),
      action(contract.fundJunior, { scope: scopeOf, handle: async (params, context) => show(await fundJunior(financing, params, context)) }),
      action(contract.withdrawJunior, { scope: scopeOf, handle: async (params, context) => show(await withdrawJunior(financing, params, context)) }),
      action(contract.findByKey, {
        scope: async ({ key }, { caller }: { caller: Caller }) => ({ ...scopeOf({ key }), owners: await investorsOf(financing, key, caller) }),
        handle: ({ key }, { caller }) => seenBy(financing, show(key), caller),
      }),
      action(contract.findByOrganization, {
        scope: ({ organization }) => ({ organization }),
        handle: ({ organization, status, first, after }) => connectionOfList(books.listProjects({ organization, status }, { first, after }), ({ state, seq }) => presentProject(state, books.position(state), seq)),
      }),
      action(contract.findByAddress, {
        handle: ({ address }) => {
          const found = books.projectByAddress(address)
          return found ? show(found) : null
        },
      }),
      action(contract.findPublic, {
        handle: ({ first, after }) => connectionOfList(books.listProjects({ public: true, status: 'ACTIVATED' }, { first, after }), ({ state, seq }) => presentPublic(presentProject(state, books.position(state), seq))),
      }),
      action(contract.accounts, { scope: scopeOf, handle: ({ key }) => accountsOf(financing, key) }),
      action(contract.businessDay, {
        scope: ({ organization }) => ({ organization }),
        handle: ({ organization }) => businessDayOf(financing, organization),
      }),
      action(contract.closeDay, {
        scope: ({ organization }) => ({ organization }),
        handle: async ({ organization }) => {
          await closeDays(financing, organization)
          return businessDayOf(financing, organization)
        },
      }),
      action(contract.entries, { handle: ({ organization, book, after, limit }) => books.feed(book, organization, after, limit) }),
    ],
  })
}

/** The fields that were given. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
