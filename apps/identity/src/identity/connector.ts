import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Refusal } from '@growr/contracts'
import { CredentialError, requireSafeUrl, verifyConnectorStatement, type ConnectorStatement, type CredentialType } from '@growr/credentials'
import type { Kit } from '../kit.ts'
import { mayReachHost } from '../webhook/addresses.ts'
import type { Connector } from '../organization/organization.collections.ts'

const MOST_BYTES = 32 * 1024

export interface Question {
  readonly type: CredentialType
  /** The borrower's DID. */
  readonly subject: string
  /** Whose system is asked: the `iss` of its answer. */
  readonly organization: string
  /** What the borrower permits to pass to a scoring system. */
  readonly profile?: Readonly<Record<string, unknown>>
}

/**
 * Asks an organization's own system what it confirms of a borrower: a POST of {type, subject, audience, nonce} (a scoring system gets
 * {profile} as well), answered by
 * {statement}, a JWS over that and the claims, signed with the registered key (see @growr/credentials, connector).
 * CONNECTOR_UNAVAILABLE, CONNECTOR_REFUSED, CONNECTOR_SIGNATURE, CONNECTOR_ANSWER (its reason in the details).
 */
export async function ask(kit: Kit, connector: Connector, { type, subject, organization, profile }: Question): Promise<ConnectorStatement> {
  const audience = kit.dids.issuer.did
  const nonce = randomBytes(24).toString('base64url')
  const statement = await post(kit, connector.url, { type, subject, audience, nonce, ...(profile && { profile }) })
  try {
    return verifyConnectorStatement(statement, { jwk: connector.publicKey, issuer: organization, subject, audience, nonce, type, now: kit.real.now() })
  } catch (cause) {
    if (!(cause instanceof CredentialError)) throw cause
    if (cause.code === 'CONNECTOR_SIGNATURE') throw new Refusal('CONNECTOR_SIGNATURE', { cause })
    throw new Refusal('CONNECTOR_ANSWER', { ...(cause.path === undefined ? {} : { path: cause.path }), details: { reason: cause.code }, cause })
  }
}

/** No redirects, nothing but https (or this machine), a bound on time over the whole exchange, and on size while it is read. */
async function post(kit: Kit, address: string, question: object): Promise<unknown> {
  const url = new URL(address)
  if (!kit.config.allowInsecureConnectors) {
    requireSafeUrl(url)
    // An organization says where its system is; that must not be inside of the operator's network, unless the operator lets it.
    const late = setTimeout(kit.config.connectorTimeoutMs, false, { ref: false })
    if (!(await Promise.race([mayReachHost(url.hostname, kit.config.webhookTargets), late]))) throw new Refusal('CONNECTOR_UNAVAILABLE', { details: { reason: 'ADDRESS_REFUSED' } })
  }
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      credentials: 'omit',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(kit.config.connectorTimeoutMs),
    })
    text = await readBounded(response)
  } catch (cause) {
    if (cause instanceof Refusal) throw cause
    throw new Refusal('CONNECTOR_UNAVAILABLE', { cause })
  }
  // It was understood and declined: asking again would not help.
  if (response.status >= 400 && response.status < 500 && response.status !== 429) throw new Refusal('CONNECTOR_REFUSED', { details: { status: response.status, ...reasonIn(text) } })
  if (!response.ok) throw new Refusal('CONNECTOR_UNAVAILABLE', { details: { status: response.status } })
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as { statement?: unknown }).statement : undefined
  } catch {
    throw new Refusal('CONNECTOR_ANSWER', { details: { reason: 'CONNECTOR_MALFORMED' } })
  }
}

/** Why a system declined, where it says so by a code of its own, {"reason": "TOO_YOUNG"}: free text could hold anything. */
function reasonIn(text: string): { reason?: string } {
  try {
    const { reason } = JSON.parse(text) as { reason?: unknown }
    return typeof reason === 'string' && /^[A-Z][A-Z0-9_]{0,39}$/.test(reason) ? { reason } : {}
  } catch {
    return {}
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    // Leaving the loop cancels the body.
    if (length > MOST_BYTES) throw new Refusal('CONNECTOR_ANSWER', { details: { reason: 'CONNECTOR_TOO_LARGE' } })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
