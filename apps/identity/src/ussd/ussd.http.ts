import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { Refusal } from '@growr/contracts'
import type { HttpRequest, HttpResponse, HttpRoute } from '@growr/service'
import { providers, type Provider, type UssdConfig } from './config.ts'
import { gateways } from './gateways.ts'
import type { Menus } from './menus.ts'
import { phonePage } from './phone-page.ts'

export interface UssdRoutesOptions {
  readonly menus: () => Menus
  readonly config: UssdConfig
  readonly production: boolean
  /** ISO 3166 of numbers that come without their country. */
  readonly country: string | undefined
}

const page = phonePage()

/** The callback that gateways post to, and the page that plays a phone. */
export function ussdRoutes(options: UssdRoutesOptions): readonly HttpRoute[] {
  const { config, production } = options
  const lists = new Map(providers.map((name) => [name, listOf(config[name]?.addresses)]))

  const callback = async (request: HttpRequest): Promise<HttpResponse> => {
    const provider = providers.find((name) => name === request.params['provider'])
    if (provider === undefined) throw new Refusal('NOT_FOUND')
    if (!mayCall(provider, request)) throw new Refusal('FORBIDDEN')
    if (request.door === undefined) throw new Refusal('UNAVAILABLE')
    const dialled = gateways[provider].read(request.body, options.country)
    return text(await options.menus().answer(provider, dialled, request.door))
  }

  /** A gateway is known by its token, its address, or both, as configured; without either only this machine plays one, and not in production. */
  const mayCall = (provider: Provider, request: HttpRequest): boolean => {
    const gate = config[provider]
    if (gate === undefined) return !production && fromHere(request) && !fromElsewhere(request)
    const { token } = gate
    if (token !== undefined && !same(request.params['token'] ?? '', token.reveal())) return false
    const list = lists.get(provider)
    return list === undefined || inList(list, request.ip)
  }

  const phone = (request: HttpRequest): HttpResponse => {
    if (!(config.phonePage ?? !production) || !fromHere(request)) throw new Refusal('NOT_FOUND')
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': page.policy, 'cache-control': 'no-store' },
      body: page.html.replace('{{code}}', (config.serviceCode ?? '*384*1#').replace(/[^\d*#]/g, '')),
    }
  }

  return [
    { method: 'GET', path: '/ussd/phone', handle: phone },
    { method: 'POST', path: '/ussd/:provider', handle: callback },
    { method: 'POST', path: '/ussd/:provider/:token', handle: callback },
  ]
}

const text = (body: string): HttpResponse => ({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, body })

/** Compares without telling by its time how much was right. */
function same(given: string, wanted: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}

/** Whether a request was made on this machine; one that a proxy passes on was not. */
function fromHere({ ip, headers }: HttpRequest): boolean {
  const passedOn = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined)
  return !passedOn && /^(127\.|::1$|::ffff:127\.)/.test(ip)
}

/** Whether a browser says that another site's page made the request. */
function fromElsewhere({ headers }: HttpRequest): boolean {
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

/** CONFIG_INVALID where an address is none. */
function listOf(addresses: readonly string[] | undefined): BlockList | undefined {
  if (addresses === undefined) return undefined
  const list = new BlockList()
  for (const given of addresses) {
    const [address = '', bits] = given.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0 || Number(bits ?? 0) > (family === 'ipv6' ? 128 : 32)) throw new Refusal('CONFIG_INVALID', { path: 'ussd.addresses' })
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

function inList(list: BlockList, ip: string): boolean {
  const address = ip.replace(/^::ffff:(?=\d+\.)/, '')
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
