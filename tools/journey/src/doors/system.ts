import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { type Fields, invalid, unreadable } from './fields.ts'

const MOODS = ['well', 'down', 'declining', 'nonsense', 'forged'] as const
type Mood = (typeof MOODS)[number]

/** How long what it signs holds, in seconds. */
const LIFETIME = 300
const FIELDS: Readonly<Record<string, Fields>> = { become: { 'mood!': 'text', reason: 'text' } }

/**
 * An organization's own system, which knows its members and is asked by the node: `query: register` gives the `url` and the
 * `publicKey` for `setConnector` and `setScoring`; `do: knows` says what claims it confirms (of whoever it is asked about); `do: become`
 * how it answers: `well`, `down`, `declining` (with a `reason` of its own), `nonsense`, or `forged`, with another key than the
 * registered one. It signs in the name of the organization of who acts.
 */
export class SystemDoor implements Door {
  readonly name = 'system'
  readonly #server: Server
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #others = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  #claims: unknown = {}
  #mood: Mood = 'well'
  #reason = 'UNKNOWN_MEMBER'
  #organization = ''

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(): Promise<SystemDoor> {
    const server = createServer()
    const door = new SystemDoor(server)
    server.on('request', (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { status, body } = door.#answer(Buffer.concat(chunks).toString('utf8'))
        response.writeHead(status, { 'content-type': 'application/json' }).end(body)
      })
    })
    await new Promise<void>((listening) => { server.listen(0, '127.0.0.1', listening) })
    server.unref()
    return door
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  perform(_actor: Actor, { kind, operation, with: given }: Request): Promise<Outcome> {
    return Promise.resolve(this.#perform(`${kind}: ${operation}`, operation, given))
  }

  #perform(asked: string, operation: string, given: Request['with']): Outcome {
    if (asked === 'query: register') {
      const { organization } = given as { organization?: unknown }
      if (typeof organization !== 'string') return invalid('register needs the `organization` in whose name it signs')
      this.#organization = organization
      const { kty, crv, x, y } = this.#keys.publicKey.export({ format: 'jwk' })
      return { result: { url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`, publicKey: { kty, crv, x, y } } }
    }
    if (asked === 'do: knows') {
      this.#claims = given['claims'] ?? {}
      return { result: {} }
    }
    if (asked !== 'do: become') return invalid(`a system has \`query: register\`, \`do: knows\` and \`do: become\`, not "${asked}"`)
    const problem = unreadable(operation, given, FIELDS['become'] as Fields)
    if (problem) return problem
    const { mood, reason } = given as { mood: string; reason?: string }
    if (!(MOODS as readonly string[]).includes(mood)) return invalid(`a system may become ${MOODS.join(', ')}`)
    this.#mood = mood as Mood
    this.#reason = reason ?? this.#reason
    return { result: { mood } }
  }

  #answer(question: string): { status: number; body: string } {
    if (this.#mood === 'down') return { status: 503, body: '{}' }
    if (this.#mood === 'declining') return { status: 422, body: JSON.stringify({ reason: this.#reason }) }
    if (this.#mood === 'nonsense') return { status: 200, body: 'no idea' }
    const { subject, audience, nonce, type } = JSON.parse(question) as Readonly<Record<string, unknown>>
    const now = Math.floor(Date.now() / 1000)
    const statement = signed({ iss: this.#organization, sub: subject, aud: audience, iat: now, exp: now + LIFETIME, nonce, type, claims: this.#claims }, (this.#mood === 'forged' ? this.#others : this.#keys).privateKey)
    return { status: 200, body: JSON.stringify({ statement }) }
  }
}

function signed(payload: object, key: KeyObject): string {
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${encoded({ alg: 'ES256', typ: 'growr-connector+jwt' })}.${encoded(payload)}`
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
