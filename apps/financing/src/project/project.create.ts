import { callingUser, type ActionContext } from '@growr/bus'
import { project as contract, Refusal, type Params } from '@growr/contracts'
import { decideProject } from '@growr/lending'
import { eventsOf, positiveOf } from '@growr/service'
import { type Financing, today } from '../financing.ts'
import { openCalendar } from './project.day.ts'
import { criteriaOf, currencyFor, lendingTermsOf, offeredTo, requireIncome, sourceOf } from './project.parse.ts'

/** Creates a project; gives its key. BAD_INPUT without an organization, CURRENCY_UNKNOWN, CRITERIA_INVALID, AMOUNT_INVALID, NOT_OFFERED, PROJECT_TERMS. */
export async function createProject(financing: Financing, params: Params<typeof contract.createProject>, context: ActionContext): Promise<string> {
  const { books, newId } = financing
  const caller = callingUser(context)
  const organization = params.organization ?? caller.organization
  if (organization === undefined) throw new Refusal('BAD_INPUT', { path: 'organization' })
  const authority = { caller, action: contract.createProject.name, requestId: context.requestId, params }
  const currency = currencyFor(params.currency)
  const { name, description, isPublic, isInviteOnly, startDate, endDate, juniorRate, profileUrl, bannerUrl } = params
  const amount = positiveOf(params.amount, currency, 'amount')
  const criteria = criteriaOf(params.criteria)
  const loans = lendingTermsOf(params.loans, currency)
  requireIncome(criteria, loans)
  const on = await today(financing, organization)
  const offered = await offeredTo(financing, params.funding)
  const key = newId()
  // A queue of its own: there is no project yet whose queue it could be.
  const { state } = await books.once('project', { organization, project: key }, authority, async () => {
    const events = eventsOf(decideProject(null, {
      type: 'create',
      data: {
        key, organizationId: organization, currency, name, description, isPublic, isInviteOnly, startDate, endDate, juniorRate, amount, criteria, loans,
        profileUrl: profileUrl ?? null,
        bannerUrl: bannerUrl ?? null,
        trustedVerifiers: [],
        funding: params.funding.map((source, index) => sourceOf(source, currency, newId(), `funding.${index}`, offered)),
      },
      subject: { userId: caller.userId },
    }))
    await openCalendar(financing, organization, on)
    return { current: null, events, person: caller.userId }
  })
  return state.key
}
