import { z } from 'zod'

const limit = (value: number, about: string) => z.number().int().min(0).default(value).describe(about)

/** What an operator can set of the gateway. */
export const accessConfig = z.strictObject({
  host: z.string().default('127.0.0.1').describe('The address that it listens on.'),
  port: z.number().int().min(0).max(65_535).default(4000).describe('The port that it listens on; 0 takes any that is free.'),
  behindProxies: limit(0, 'How many reverse proxies stand before it, whose word for the caller\'s address is believed.'),
  https: z.boolean().default(false).describe('Whether people reach it by https (through a proxy): browsers are then told to use nothing else.'),
  explorer: z.boolean().default(true).describe('Whether the explorer is there.'),
  introspection: z.boolean().default(true).describe('Whether the schema can be asked for; the explorer needs it.'),
  maxBodyBytes: limit(1_000_000, 'The largest request.'),
  requestSeconds: z.number().positive().max(25).default(20).describe('How long a request may take; a call token lives 30 seconds.'),
  maxConnections: limit(2000, 'How many connections are open at once.'),
  maxDepth: limit(12, 'How deep a query nests.'),
  maxAliases: limit(50, 'How many aliases a query has.'),
  maxCost: limit(25_000, 'What a query may cost: fields, each page counted as long as it is.'),
  maxTokens: limit(4000, 'How many words and signs a query has.'),
  rateSeconds: z.number().int().min(1).max(3600).default(60).describe('The span over which requests are counted.'),
  ratePerAddress: limit(1200, 'Requests from one address in that span; 0 switches it off.'),
  ratePerUser: limit(600, 'Requests of one user in that span; 0 switches it off.'),
  liveStreams: limit(500, 'How many live streams are open at once.'),
  liveStreamsPerUser: limit(4, 'How many of them one user may have.'),
  liveCoalesceMs: limit(500, 'How long after a change a stream waits for further ones, in milliseconds.'),
  liveHeartbeatSeconds: z.number().positive().max(600).default(15).describe('How often a stream shows that it lives, and looks whether its session still does.'),
})
export type AccessConfig = z.output<typeof accessConfig>
