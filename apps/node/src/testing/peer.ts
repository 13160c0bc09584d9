import { defineService, implement, type Bus } from '@growr/bus'
import { identity, organization as organizations, Refusal, user as users, type Code, type Result } from '@growr/contracts'

export interface Told {
  readonly to: string
  readonly template: string
  readonly values: Readonly<Record<string, string | string[]>>
}

/** What the identity group says of a presentation. */
type Verdict = { readonly code: Code; readonly path: string } | 'valid'

const CREATED = '2026-01-01T00:00:00.000Z'
const didOf = (user: string): string => `did:jwk:${user}`
/** What is signed here is not looked at by anybody: the groups under test keep it. */
const signedBy = (signer: string, type: string, document: unknown): { type: string; signer: string; jws: string } => ({
  type, signer, jws: Buffer.from(JSON.stringify(document)).toString('base64url'),
})

/**
 * The identity group as the other groups see it, for tests that are about money: people that are their own ids, challenges that count
 * once, verdicts that the test sets, messages that are kept once for each request id.
 */
export class IdentityPeer {
  readonly told: Told[] = []
  readonly verdicts = new Map<string, Verdict>()
  readonly phones = new Map<string, string>()
  readonly agents = new Map<string, string>()
  /** The numbers under which the organization keeps its members. */
  readonly members = new Map<string, string>()
  /** What the verifier was told that somebody would owe; the test says the income. */
  readonly owed: { currency: string; owed: string; factor: string }[] = []
  readonly incomes = new Map<string, bigint>()
  readonly gone = new Set<string>()
  readonly #requests = new Set<string>()
  readonly #spent = new Set<string>()
  #challenges = 0

  /** The newest code that a person was sent. */
  code(user: string): string {
    const found = this.told.findLast(({ to, values }) => to === user && typeof values['code'] === 'string')
    if (!found) throw new Error(`${user} was sent no code`)
    return found.values['code'] as string
  }

  #judge(holder: string, indebtedness: { currency: string; owed: string; factor: string } | undefined): Verdict {
    if (indebtedness) {
      this.owed.push(indebtedness)
      const income = this.incomes.get(holder)
      if (income === undefined) return { code: 'INCOME_UNKNOWN', path: 'checks.indebtedness' }
      if (BigInt(indebtedness.owed) > BigInt(indebtedness.factor) * income) return { code: 'DEBT_CEILING', path: 'checks.indebtedness' }
    }
    return this.verdicts.get(holder) ?? 'valid'
  }

  #tell(to: string, template: string, values: Told['values'], requestId: string | undefined): { ok: true } {
    if (requestId !== undefined && this.#requests.has(`${requestId}\n${to}`)) return { ok: true }
    if (requestId !== undefined) this.#requests.add(`${requestId}\n${to}`)
    this.told.push({ to, template, values })
    return { ok: true }
  }

  serve(bus: Bus): Promise<unknown> {
    const organization = (id: string): Result<typeof organizations.findById> => ({
      id, name: id.toUpperCase(), did: `did:web:node.example:org:${id}`, timezone: 'America/Tegucigalpa', language: 'en', connected: false, scoring: false, createdAt: CREATED,
    })
    const user = (id: string): Result<typeof users.findById> => ({
      id, name: id, email: `${id}@example.org`, phone: null, language: 'en', did: null, status: 'ACTIVE', createdAt: CREATED,
      memberships: this.agents.has(id) ? [{ id: `m-${id}`, type: 'ORIGINATOR_AGENT', organization: this.agents.get(id) as string, status: 'ACTIVE' as const }] : [],
    })
    return Promise.all([
      bus.serve(defineService({
        name: 'organization',
        actions: [
          implement(organizations.findById, {
            scope: ({ id }) => ({ organization: id }),
            handle: ({ id }) => {
              if (!['comsa', 'otra'].includes(id)) throw new Refusal('NOT_FOUND', { path: 'organization' })
              return organization(id)
            },
          }),
          implement(organizations.list, {
            handle: () => ({ edges: ['comsa', 'otra'].map((id) => ({ cursor: id, node: organization(id) })), pageInfo: { hasNextPage: false, endCursor: 'otra' }, totalCount: 2 }),
          }),
        ],
      })),
      bus.serve(defineService({
        name: 'user',
        actions: [
          implement(users.findById, { scope: ({ id }) => ({ owners: [id] }), handle: ({ id }) => user(id) }),
          implement(users.findByPhone, { handle: ({ phone }) => ({ user: this.phones.get(phone) ?? null }) }),
          implement(users.findMembers, {
            handle: ({ numbers }) => numbers.flatMap((number) => { const id = this.members.get(number); return id === undefined ? [] : [{ number, user: id, did: didOf(id), status: 'ACTIVE' as const }] }),
          }),
          implement(users.addUser, { handle: ({ email }) => ({ user: (email ?? '').split('@')[0] as string, membership: 'm', status: 'INVITED' as const }) }),
          implement(users.notify, {
            handle: ({ user: to, template, values }, { requestId }) => {
              if (to === undefined || this.gone.has(to)) throw new Refusal('NOT_FOUND', { path: 'user' })
              return this.#tell(to, template, values, requestId)
            },
          }),
          implement(users.notifyOrganization, { handle: ({ organization: to, template, values }, { requestId }) => this.#tell(to, template, values, requestId) }),
        ],
      })),
      bus.serve(defineService({
        name: 'identity',
        actions: [
          implement(identity.resolveUser, { handle: ({ user: id }) => ({ user: id as string, did: didOf(id as string), organizations: ['comsa'] }) }),
          implement(identity.findByDid, {
            scope: () => ({}),
            handle: ({ did }) => ({
              did, document: {},
              credentials: [
                { id: 'c1', type: 'KYC' as const, issuer: 'did:web:node.example:issuer', organization: 'comsa', issuedAt: CREATED, validUntil: '2030-01-01T00:00:00.000Z', revoked: false },
                { id: 'c2', type: 'SavingsHistory' as const, issuer: 'did:web:stranger.example:issuer', organization: 'comsa', issuedAt: CREATED, validUntil: '2030-01-01T00:00:00.000Z', revoked: false },
              ],
            }),
          }),
          implement(identity.createVCPresentation, {
            scope: (_params, { caller }) => ({ owners: caller.kind === 'user' ? [caller.userId] : [] }),
            handle: ({ challenge }, { caller }) => {
              const holder = caller.kind === 'user' ? caller.userId : ''
              return { presentation: `${holder} ${challenge}`, permission: 'p', did: didOf(holder) }
            },
          }),
          implement(identity.signContract, {
            handle: ({ document }, { caller }) => signedBy(didOf(caller.kind === 'user' ? caller.userId : ''), 'LoanContract', document),
          }),
          implement(identity.signForOrganization, { handle: ({ organization: id, type, document }) => signedBy(`did:web:node.example:org:${id}`, type, document) }),
        ],
      })),
      bus.serve(defineService({
        name: 'verification',
        actions: [
          implement(identity.requestPresentation, {
            handle: () => ({ challenge: `a-challenge-for-one-use-${++this.#challenges}`, verifier: 'did:web:node.example:verifier', types: ['KYC' as const], expiresAt: CREATED }),
          }),
          implement(identity.validateVC, {
            handle: ({ challenge, presentation, indebtedness }) => {
              const holder = presentation.split(' ')[0] as string
              const spent = this.#spent.has(challenge)
              this.#spent.add(challenge)
              const verdict: Verdict = spent ? { code: 'WRONG_CHALLENGE', path: 'checks.presentation' } : this.#judge(holder, indebtedness)
              const refusal = verdict === 'valid' ? null : { code: verdict.code, path: verdict.path, details: {} }
              const check = { id: refusal?.path ?? 'checks.KYC', check: 'credential.present', verdict: refusal ? ('invalid' as const) : ('valid' as const), code: refusal?.code ?? null }
              return { verdict: refusal ? ('invalid' as const) : ('valid' as const), checks: [check], holder: didOf(holder), digest: challenge, verifier: 'did:web:node.example:verifier', result: null, refusal }
            },
          }),
        ],
      })),
    ])
  }
}
