import type { ActionContext } from '@growr/bus'
import { callingUser } from '@growr/bus'
import { identity, isCode, loan as contract, Refusal, type Code, type Params } from '@growr/contracts'
import { decideLoan, type LoanState, type LoanVerification, type RefusalReason } from '@growr/lending'
import { eventsOf, positiveOf, type Written } from '@growr/service'
import { type Financing, today } from '../financing.ts'

interface Verdict {
  readonly verifierDid: string
  readonly refusals: readonly RefusalReason[]
  /** Goes into the entry, where an auditor finds it. */
  readonly verification: LoanVerification
}

/**
 * From the wish to the reserved money: the record's owner presents what the project requires, the verifier lists its checks, the
 * domain decides, one entry says what came of it. A refusal by the checks is an entry too; then it is thrown with each of them.
 */
export async function applyForLoan(financing: Financing, params: Params<typeof contract.applyForLoan>, context: ActionContext): Promise<Written<LoanState>> {
  const { books } = financing
  const user = callingUser(context)
  const project = books.requireProject(params.project)
  if (project.state.organizationId !== user.organization) throw new Refusal('FORBIDDEN')
  const amount = positiveOf(params.amount, project.state.currency, 'amount')
  const authority = { caller: context.caller, action: contract.applyForLoan.name, requestId: context.requestId, params }
  const earlier = await books.answered('loan', project.state.organizationId, authority)
  if (earlier) return answer(earlier)

  const { did } = await context.call(identity.resolveUser, { user: user.userId })
  const verdict = await verify(params, did, context)
  const on = await today(financing, project.state.organizationId)
  return books.withProject(project.state.key, async () => {
    const current = books.requireProject(params.project)
    const events = eventsOf(decideLoan(null, {
      type: 'apply',
      key: financing.newId(),
      project: current.state,
      position: books.position(current.state),
      amount,
      months: params.months,
      verdict,
      on,
      subject: { userDid: did, userId: user.userId },
    }))
    return answer(await books.append('loan', project.state.organizationId, null, events, authority, { person: user.userId, project: params.project }))
  })
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

async function verify(params: Params<typeof contract.applyForLoan>, did: string, context: ActionContext): Promise<Verdict> {
  const { project } = params
  const challenge = params.challenge ?? (await context.call(identity.requestPresentation, { project })).challenge
  const presentation = params.presentation ?? (await context.call(identity.createVCPresentation, { project, challenge })).presentation
  const { verdict, verifier, checks, refusal, holder, digest } = await context.call(identity.validateVC, { project, challenge, presentation })
  const failed = checks.filter((check) => check.verdict !== 'valid').map((check) => ({ code: check.code ?? 'CRITERIA_NOT_MET', path: check.id }))
  // The decisive one first: it is the reason that the borrower reads.
  const refusals = refusal ? [{ code: refusal.code, path: refusal.path }, ...failed.filter(({ code, path }) => code !== refusal.code || path !== refusal.path)] : failed
  // A presentation proves its holder; the loan must be that person's.
  if (holder !== did) refusals.unshift({ code: 'HOLDER_MISMATCH', path: 'presentation' })
  if (verdict !== 'valid' && refusals.length === 0) throw new Error('a verdict without a reason')
  return { verifierDid: verifier, refusals, verification: { digest, checks: checks.map(({ id, check, verdict: found }) => ({ id, check, verdict: found })) } }
}
