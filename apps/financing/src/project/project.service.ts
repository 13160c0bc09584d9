import { defineService, type ActionContext, type Service } from '@growr/bus'
import { project as contract, Refusal, type Caller } from '@growr/contracts'
import { decideProject, distribute, distributionInput, payablesOf, type ProjectCommand } from '@growr/lending'
import { action, connectionOfList, decimal, eventsOf, positiveOf } from '@growr/service'
import { type Financing, today } from '../financing.ts'
import { accountsOf, restFacts } from './project.accounts.ts'
import { businessDayOf, closeDays } from './project.day.ts'
import { fundJunior, withdrawJunior } from './project.junior.ts'
import { criteriaOf, currencyFor, lendingTermsOf, sourceOf } from './project.parse.ts'
import { presentProject, presentPublic } from './project.present.ts'

/** Creates and manages lending projects; reads and writes the Project book. */
export function projectService(financing: Financing): Service {
  const { books } = financing
  const show = (key: string) => {
    const { state, seq } = books.requireProject(key)
    return presentProject(state, books.position(state), seq)
  }
  const scopeOf = ({ key }: { key: string }) => ({ organization: books.requireProject(key).state.organizationId })
  const seenBy = async ({ key }: { key: string }, { caller }: { caller: Caller }) => {
    const { state } = books.requireProject(key)
    const investor = caller.kind === 'user' && caller.role === 'INVESTOR' ? caller.userId : undefined
    return { organization: state.organizationId, owners: investor ? await books.investorsOf(financing.intents, key, investor) : [] }
  }

  /** Decides on a project's present state and appends, in the project's queue. */
  const change = async (name: string, params: { key: string }, context: ActionContext, command: (on: string) => ProjectCommand | Promise<ProjectCommand>) => {
    const { organizationId } = books.requireProject(params.key).state
    const authority = { caller: context.caller, action: name, requestId: context.requestId, params }
    const on = await today(financing, organizationId)
    return books.withProject(params.key, async () => {
      if (!(await books.answered('project', organizationId, authority))) {
        const events = eventsOf(decideProject(books.requireProject(params.key).state, await command(on)))
        await books.append('project', organizationId, params.key, events, authority, { project: params.key, person: books.createdBy(params.key) })
      }
      return show(params.key)
    })
  }

  return defineService({
    name: 'project',
    actions: [
      action(contract.createProject, {
        scope: ({ organization }, { caller }) => ({ organization: organization ?? (caller.kind === 'user' ? caller.organization : undefined) }),
        handle: async (params, context) => {
          const caller = context.caller.kind === 'user' ? context.caller : undefined
          const organization = params.organization ?? caller?.organization
          if (!organization || !caller) throw new Refusal('BAD_INPUT', { path: 'organization' })
          const authority = { caller, action: contract.createProject.name, requestId: context.requestId, params }
          const earlier = await books.answered('project', organization, authority)
          if (earlier) return show(earlier.state.key)
          const on = await today(financing, organization)
          await businessDayOf(financing, organization, on)
          const currency = currencyFor(params.currency)
          const key = financing.newId()
          const { name, description, isPublic, isInviteOnly, startDate, endDate, juniorRate } = params
          const events = eventsOf(decideProject(null, {
            type: 'create',
            data: {
              key, organizationId: organization, currency, name, description, isPublic, isInviteOnly, startDate, endDate, juniorRate,
              profileUrl: params.profileUrl ?? null,
              bannerUrl: params.bannerUrl ?? null,
              amount: positiveOf(params.amount, currency, 'amount'),
              criteria: criteriaOf(params.criteria),
              trustedVerifiers: [],
              loans: lendingTermsOf(params.loans, currency),
              funding: params.funding.map((source, index) => sourceOf(source, currency, financing.newId(), `funding.${index}`)),
            },
            subject: { userId: caller.userId },
          }))
          const written = await books.append('project', organization, null, events, authority, { person: caller.userId, project: key })
          return show(written.state.key)
        },
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
          const { currency } = books.requireProject(params.key).state
          const { startDate, endDate, juniorRate, amount, criteria, loans } = params
          return {
            type: 'modifyParams',
            changes: {
              ...defined({ startDate, endDate, juniorRate }),
              ...(amount === undefined ? {} : { amount: positiveOf(amount, currency, 'amount') }),
              ...(criteria === undefined ? {} : { criteria: criteriaOf(criteria) }),
              ...(loans === undefined ? {} : { loans: lendingTermsOf(loans, currency) }),
            },
          }
        }),
      }),
      action(contract.addProjectFunding, {
        scope: scopeOf,
        handle: (params, context) => change(contract.addProjectFunding.name, params, context, () => ({
          type: 'addFunding', source: sourceOf(params.source, books.requireProject(params.key).state.currency, financing.newId(), 'source'),
        })),
      }),
      action(contract.activateProject, { scope: scopeOf, handle: (params, context) => change(contract.activateProject.name, params, context, (on) => ({ type: 'activate', on })) }),
      action(contract.deactivateProject, { scope: scopeOf, handle: (params, context) => change(contract.deactivateProject.name, params, context, (on) => ({ type: 'deactivate', on })) }),
      action(contract.closeProject, {
        scope: scopeOf,
        handle: (params, context) => change(contract.closeProject.name, params, context, async (on) => ({
          type: 'distribute', on, ...(await restFacts(financing, params.key)), loans: books.loansOf(params.key), fundings: books.fundingsOf(params.key),
        })),
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
      action(contract.findByKey, { scope: seenBy, handle: ({ key }) => show(key) }),
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
        handle: async ({ organization }) => businessDayOf(financing, organization, await today(financing, organization)),
      }),
      action(contract.closeDay, {
        scope: ({ organization }) => ({ organization }),
        handle: async ({ organization }) => {
          await closeDays(financing, organization)
          return businessDayOf(financing, organization, await today(financing, organization))
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
