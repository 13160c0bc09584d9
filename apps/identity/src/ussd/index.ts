import { createHmac } from 'node:crypto'
import type { HttpRoute } from '@growr/service'
import type { Kit } from '../kit.ts'
import type { UssdConfig } from './config.ts'
import { Menus } from './menus.ts'
import { ussdRoutes } from './ussd.http.ts'

export { ussdConfig, type UssdConfig } from './config.ts'
export { sessions as ussdSessions, type SessionDoc as UssdSessionDoc } from './ussd.collections.ts'

/** The menus for feature phones, as the group puts them together. */
export interface Ussd {
  readonly routes: readonly HttpRoute[]
  /** Once the group has started. */
  open(kit: Kit, key: Uint8Array): void
  /** Takes away sessions that are over. */
  sweep(): Promise<unknown>
  /** Resolves when no work goes on that a session was not told of. */
  settle(): Promise<void>
  stop(): Promise<void>
}

export interface UssdOptions {
  readonly config: UssdConfig
  readonly production: boolean
  readonly country: string | undefined
}

export function createUssd({ config, production, country }: UssdOptions): Ussd {
  let menus: Menus | undefined
  let opened: Kit | undefined
  const menusNow = (): Menus => {
    if (menus === undefined) throw new Error('the menus have not been opened')
    return menus
  }
  return {
    routes: ussdRoutes({ menus: menusNow, config, production, country }),
    open: (kit, key) => {
      opened = kit
      // Keyed, since a PIN has so few digits that a plain digest would give it away; bound, so that no two lists of parts are one.
      const digest = (...parts: readonly string[]): string =>
        createHmac('sha256', key).update(`ussd\n${JSON.stringify(parts)}`).digest('base64url').slice(0, 40)
      menus = new Menus({ kit, config, records: kit.phoneSessions, digest })
    },
    sweep: async () => opened?.phoneSessions.removeExpired(500),
    settle: async () => menus?.settle(),
    // Slow work is not waited for: it may never end. Its request id lets it be done again, once.
    stop: async () => menus?.stop(),
  }
}
