import { createHash } from 'node:crypto'
import { join } from 'node:path'
import hypercoreCrypto from 'hypercore-crypto'
import { bookKeys, type BookKeys, type CustodyKeys } from '../keys.ts'
import { SealingKeys, type KeyWrapper } from '../sealing-keys.ts'

const derived = new Map<string, Buffer>()

function derive(label: string): Buffer {
  let key = derived.get(label)
  if (key === undefined) derived.set(label, (key = createHash('sha256').update(label).digest()))
  return key
}

/** Keys out of a word, the same each time: for tests and measurements only. */
export function wordCustody(word: string): CustodyKeys {
  const pairs = new Map<string, ReturnType<typeof hypercoreCrypto.keyPair>>()
  return {
    writerKeyPair: book => {
      let pair = pairs.get(book)
      if (pair === undefined) pairs.set(book, (pair = hypercoreCrypto.keyPair(derive(`${word} writer ${book}`))))
      return pair
    },
    readKey: organization => derive(`${word} read ${organization}`),
    pseudonymKey: organization => derive(`${word} pseudonym ${organization}`),
    requestKey: organization => derive(`${word} request ${organization}`),
  }
}

/** Wraps by a mask out of a word: enough to see that wrapped keys are not plain ones. */
export function wordWrapper(word: string): KeyWrapper {
  const mask = (key: Uint8Array, context: string): Uint8Array => {
    const pad = createHash('sha256').update(`${word} wrap ${context}`).digest()
    return Uint8Array.from(key, (byte, i) => byte ^ (pad[i % pad.length] ?? 0))
  }
  return { wrap: mask, unwrap: mask }
}

export interface TestKeys extends BookKeys {
  readonly sealing: SealingKeys
  close(): Promise<void>
}

export async function testKeys(directory: string, word = 'test'): Promise<TestKeys> {
  const sealing = await SealingKeys.open({
    file: join(directory, 'keys', 'sealing.db'), erasureLog: join(directory, 'outside', 'erasures.log'),
    wrapper: wordWrapper(word), personKey: derive(`${word} persons`),
  })
  return { ...bookKeys(wordCustody(word), sealing), sealing, close: () => sealing.close() }
}

/** The same keys, with every call noted. */
export function counting(keys: BookKeys, calls: string[]): BookKeys {
  const note = <A extends unknown[], R>(name: string, call: (...values: A) => R) => (...values: A): R => {
    calls.push(name)
    return call(...values)
  }
  return {
    writerKeyPair: note('writerKeyPair', keys.writerKeyPair), readKey: note('readKey', keys.readKey), pseudonymKey: note('pseudonymKey', keys.pseudonymKey),
    requestKey: note('requestKey', keys.requestKey), sharedKey: note('sharedKey', keys.sharedKey), subjectKey: note('subjectKey', keys.subjectKey),
    subjectKeyById: note('subjectKeyById', keys.subjectKeyById), destroySubjectKey: note('destroySubjectKey', keys.destroySubjectKey), erasures: note('erasures', keys.erasures), flush: note('flush', keys.flush), copyTo: note('copyTo', keys.copyTo),
  }
}
