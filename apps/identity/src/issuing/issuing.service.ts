import { defineService, type ActionContext, type Service } from '@growr/bus'
import type { WaitingEvent } from '@growr/collections'
import { identity as contract, organization as organizations, project as projects, Refusal, user as users, type Cause, type Params, type Result } from '@growr/contracts'
import { issueCredential, validateClaims } from '@growr/credentials'
import { businessDate, dayStart } from '@growr/runtime'
import { action } from '@growr/service'
import { loanOutcome } from '../identity/loan-outcome.ts'
import { isTemplate } from '../common/messages.ts'
import type { Kit } from '../kit.ts'
import type { IssuedDoc } from './issuing.collections.ts'

type Wanted = Params<typeof contract.issueVC>
type Subject = Result<typeof contract.resolveUser>

const show = ({ id, type, issuer, organization, issuedAt, validUntil, revokedAt }: IssuedDoc): contract.Credential => ({
  id, type, issuer, organization, issuedAt, validUntil, revoked: revokedAt !== null,
})

/** The node's issuer: states what an organization knows of its borrowers, and takes it back. */
export function issuingService(kit: Kit): Service {
  const subjectOf = ({ user, did }: Wanted, context: ActionContext): Promise<Subject> => {
    if ((user === undefined) === (did === undefined)) throw new Refusal('BAD_INPUT', { path: 'user' })
    return context.as().call(contract.resolveUser, user === undefined ? { did } : { user })
  }

  /** What may be said about whom: by an organization about its borrower, or by a service for the reason that it names. */
  const requireGround = async (params: Wanted, subject: Subject, context: ActionContext): Promise<string | undefined> => {
    const { caller, through } = context
    if (through?.cause) return requireCause(kit, params, subject, through.cause)
    if (!subject.organizations.includes(params.organization)) throw new Refusal('FORBIDDEN', { path: params.user === undefined ? 'did' : 'user' })
    // A service states nothing by itself: it acts for the borrower whose data an organization has just confirmed.
    if (through && !(caller.kind === 'user' && caller.userId === subject.user)) throw new Refusal('FORBIDDEN')
    return undefined
  }

  const validityOf = async ({ organization, validUntil }: Wanted, context: ActionContext): Promise<{ validFrom: Date; end: Date }> => {
    // Credentials hold whole seconds.
    const validFrom = new Date(Math.floor(kit.clock.now().getTime() / 1000) * 1000)
    const { timezone } = await context.as().call(organizations.findById, { id: organization })
    const end = validUntil === undefined ? yearLater(validFrom) : dayStart(nextDay(validUntil), timezone)
    if (end.getTime() <= validFrom.getTime()) throw new Refusal('BAD_INPUT', { path: 'validUntil', details: { today: businessDate(validFrom, timezone) } })
    return { validFrom, end }
  }

  const issue = async (params: Wanted, context: ActionContext): Promise<contract.Credential> => {
    const { organization, type } = params
    const subject = await subjectOf(params, context)
    const cause = await requireGround(params, subject, context)
    if (cause !== undefined) {
      const earlier = await kit.issued.findOne('cause', cause)
      if (earlier !== null) return show(earlier.doc)
    }
    const claims = validateClaims(type, params.claims)
    const { validFrom, end } = await validityOf(params, context)
    const request = kit.requestRef(contract.issueVC, params, context)
    const id = `urn:growr:credential:${kit.newId()}`
    const written = await kit.statusLists.place(async ({ list, index }) => {
      const issued = await issueCredential(
        { id, type, subject: subject.did, organization, claims, validFrom, validUntil: end, status: { purpose: 'revocation', list: list.url, index } },
        kit.dids.issuer,
      )
      const doc: IssuedDoc = {
        id, organization, user: subject.user, did: subject.did, type, issuer: issued.issuer, list: list.id, index, slot: `${list.id}:${index}`,
        issuedAt: validFrom.toISOString(), validUntil: end.toISOString(), revokedAt: null, ...(cause === undefined ? {} : { cause }),
      }
      const pending = [{ type: 'issuing.store', data: { jwt: issued.jwt } }, { type: 'issuing.tell', data: { template: 'credentialIssued' } }]
      return kit.issued.insert(doc, { pending, ...(request && { request }) }).then((result) => ({ result, jwt: issued.jwt }))
    })
    const { result, jwt } = written
    // Now, so that whoever issued can go on with it; the event does it again if this breaks off.
    if (!result.repeated) await context.as().call(contract.storeVC, { credential: show(result.doc), did: subject.did, jwt })
    kit.outbox.wake()
    return show(result.doc)
  }

  const revoke = async (params: Params<typeof contract.revokeVC>, context: ActionContext): Promise<contract.Credential> => {
    const request = kit.requestRef(contract.revokeVC, params, context)
    const revokedAt = kit.clock.now().toISOString()
    const pending = [{ type: 'issuing.store', data: { jwt: null } }, { type: 'issuing.tell', data: { template: 'credentialRevoked' } }]
    const { doc } = await kit.issued.update(
      params.credential, (issued) => (issued.revokedAt === null ? { ...issued, revokedAt, revokedIn: issued.list } : null), { pending, ...(request && { request }) },
    )
    await kit.statusLists.revoke(doc.list, doc.index)
    const list = await kit.statusListRecords.get(doc.list)
    if (list !== null) kit.statusReader.forget(list.doc.url, doc.issuer)
    await context.as().call(contract.storeVC, { credential: show(doc), did: doc.did, jwt: '' })
    kit.outbox.wake()
    return show(doc)
  }

  return defineService({
    name: 'issuing',
    actions: [
      action(contract.issueVC, { scope: ({ organization }) => ({ organization }), handle: issue }),
      action(contract.revokeVC, {
        scope: async ({ credential }) => {
          const found = await kit.issued.get(credential)
          if (found === null) throw new Refusal('NOT_FOUND', { path: 'credential' })
          return { organization: found.doc.organization }
        },
        handle: revoke,
      }),
      action(contract.issuer, { handle: () => ({ did: kit.dids.issuer.did }) }),
    ],
  })
}

/** A credit history has the entry that ended a loan as its ground, read anew: of that organization, and of that borrower. */
async function requireCause(kit: Kit, params: Wanted, subject: Subject, cause: Cause): Promise<string> {
  const fits = params.type === 'CreditHistory' && cause.group === 'financing' && cause.book === 'loan' && cause.organization === params.organization
  if (!fits) throw new Refusal('FORBIDDEN', { path: 'cause' })
  const [entry] = await kit.bus.call(
    projects.entries, { organization: params.organization, book: 'loan', after: cause.seq - 1, limit: 1 }, { as: { service: 'issuing' } },
  )
  const ended = entry?.seq === cause.seq && entry.key === cause.key ? loanOutcome(entry.state) : undefined
  if (ended === undefined || ended.userDid !== subject.did) throw new Refusal('FORBIDDEN', { path: 'cause' })
  return `${params.organization}/loan/${cause.key}/${ended.outcome}`
}

/** Brings the owner's record up to the register: the credential itself, or that it was revoked. */
export async function deliverToRecord(kit: Kit, event: WaitingEvent): Promise<void> {
  const { jwt } = event.data as { jwt: string | null }
  const found = await kit.issued.get(event.recordId)
  if (found === null) return
  await kit.bus.call(contract.storeVC, { credential: show(found.doc), did: found.doc.did, jwt: jwt ?? '' }, { as: { service: 'issuing' }, requestId: event.id })
}

/** Tells the borrower. */
export async function tellOwner(kit: Kit, event: WaitingEvent): Promise<void> {
  const { template } = event.data as { template: string }
  const found = await kit.issued.get(event.recordId)
  if (found === null || !isTemplate(template)) return
  const by = await kit.organizations.get(found.doc.organization)
  const values = { credential: found.doc.type, organization: by?.doc.name ?? found.doc.organization }
  await kit.bus.call(users.notify, { user: found.doc.user, template, values }, { as: { service: 'issuing' }, requestId: event.id })
}

const nextDay = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

/** One year later; 29 February gives 28 February. */
function yearLater(at: Date): Date {
  const later = new Date(at)
  later.setUTCFullYear(at.getUTCFullYear() + 1)
  if (later.getUTCMonth() !== at.getUTCMonth()) later.setUTCDate(0)
  return later
}
