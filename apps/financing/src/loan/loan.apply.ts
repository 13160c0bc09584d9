import { callingUser, type ActionContext } from '@growr/bus'
import { identity, isCode, loan as contract, Refusal, type Code, type Params } from '@growr/contracts'
import { decideLoan, owedOf, quote, requireOpen, type ApplyForLoan, type LoanState, type ProjectState } from '@growr/lending'
import { sum, type Amount } from '@growr/money'
import { eventsOf, positiveOf, throwRefused, type Written } from '@growr/service'
import { type Financing, today } from '../financing.ts'

/**
 * From the wish to the reserved money: the record's owner presents what the project requires, the verifier lists its checks, the
 * domain decides, one entry says what came of it. A refusal by the checks is an entry too; then it is thrown with each of them.
 * Codes: FORBIDDEN (another organization's project), AMOUNT_INVALID, PROJECT_NOT_OPEN, PROJECT_AMOUNT_EXCEEDED, FUNDS_INSUFFICIENT,
 * FUNDS_RESERVED, and those of a verification, DEBT_CEILING and INCOME_UNKNOWN among them.
 */
export async function applyForLoan(financing: Financing, params: Params<typeof contract.applyForLoan>, context: ActionContext): Promise<Written<LoanState>> {
  const { userId } = callingUser(context)
  // A repetition that comes while the first is under way waits for it: else it would spend the challenge of the first. And so does
  // another application: what she would owe with it counts the first.
  return financing.books.inTurn(`apply:${userId}`, () => apply(financing, params, context))
}

async function apply(financing: Financing, params: Params<typeof contract.applyForLoan>, context: ActionContext): Promise<Written<LoanState>> {
  const { books } = financing
  const { userId, organization: own } = callingUser(context)
  const { key: project, organizationId: organization, currency } = books.requireProject(params.project).state
  if (organization !== own) throw new Refusal('FORBIDDEN')
  const amount = positiveOf(params.amount, currency, 'amount')
  const authority = { caller: context.caller, action: contract.applyForLoan.name, requestId: context.requestId, params }
  const earlier = await books.answered('loan', organization, authority)
  if (earlier) return answer(earlier)

  const on = await today(financing, organization)
  // Before anybody's credentials are shown to anybody.
  throwRefused(requireOpen(books.requireProject(project).state, on))
  const { did } = await context.call(identity.resolveUser, { user: userId })
  const verdict = await verify(params, did, indebtednessOf(financing, userId, books.requireProject(project).state, amount, params.months, on), context)
  return answer(await books.once('loan', { organization, project }, authority, () => {
    const { state } = books.requireProject(project)
    const events = eventsOf(decideLoan(null, {
      type: 'apply', key: financing.newId(), project: state, position: books.position(state), amount, months: params.months, verdict, on, subject: { userDid: did, userId },
    }))
    return { current: null, events, person: userId }
  }))
}

/** A refused application answers with the refusal, the first time and every time it is repeated. */
function answer(written: Written<LoanState>): Written<LoanState> {
  const { state } = written
  const first = state.refusals[0]
  if (state.status !== 'REFUSED' || !first) return written
  throw new Refusal(isCode(first.code) ? first.code : ('CRITERIA_NOT_MET' satisfies Code), {
    ...(first.path === null ? {} : { path: first.path }),
    details: { loan: state.key, checks: state.refusals.map(({ code, path }) => ({ code, path })) },
  })
}

type Indebtedness = NonNullable<Params<typeof identity.validateVC>['indebtedness']>

/**
 * What the borrower would owe with this loan over all projects of the node, those of other organizations included: for the verifier
 * alone, which says whether that is within the project's ceiling and nothing more. Loans in other currencies cannot be added to it.
 */
function indebtednessOf({ books }: Financing, user: string, project: ProjectState, amount: Amount, months: number, on: string): Indebtedness | undefined {
  const factor = project.loans.debtCeiling ?? null
  if (factor === null) return undefined
  const { currency } = project
  const owed = sum(currency.code, [...books.loansOfUser(user, currency.code).map(owedOf), quote(project.loans, amount, months, on).commitmentAmount])
  return { currency: currency.code, owed: owed.amount.toString(), factor }
}

async function verify(params: Params<typeof contract.applyForLoan>, did: string, indebtedness: Indebtedness | undefined, context: ActionContext): Promise<ApplyForLoan['verdict']> {
  const { project } = params
  const challenge = params.challenge ?? (await context.call(identity.requestPresentation, { project })).challenge
  const presentation = params.presentation ?? (await context.call(identity.createVCPresentation, { project, challenge })).presentation
  const { verdict, verifier, checks, refusal, holder, digest } = await context.call(identity.validateVC, { project, challenge, presentation, ...(indebtedness ? { indebtedness } : {}) })
  const failed = checks.filter((check) => check.verdict !== 'valid').map((check) => ({ code: check.code ?? 'CRITERIA_NOT_MET', path: check.id }))
  // The decisive one first: it is the reason that the borrower reads.
  const refusals = refusal ? [{ code: refusal.code, path: refusal.path }, ...failed.filter(({ code, path }) => code !== refusal.code || path !== refusal.path)] : failed
  // A presentation proves its holder; the loan must be that person's. Last, since where anything else is wrong with it that is the reason.
  if (holder !== did) refusals.push({ code: 'HOLDER_MISMATCH', path: 'presentation' })
  if (verdict !== 'valid' && refusals.length === 0) throw new Error('a verdict without a reason')
  return { verifierDid: verifier, refusals, verification: { digest, checks: checks.map(({ id, check, verdict: found }) => ({ id, check, verdict: found })) } }
}
