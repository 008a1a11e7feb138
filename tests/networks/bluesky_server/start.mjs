// Starts the reference server of the AT protocol, with a directory of identities of its own, on the loopback interface.
// Argument: a folder for everything that is kept. Environment: JWT_SECRET and ADMIN_PASSWORD. Prints the server's address
// when it answers, and ends when stdin does.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { PDS, envToCfg, envToSecrets } from '@atproto/pds'
import plc from '@did-plc/server'

const folder = process.argv[2]
const random = (bytes) => randomBytes(bytes).toString('hex')

// Each of the two would listen on every interface if it were told to start by itself.
async function listening() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const directory = await listening()
directory.on('request', plc.PlcServer.create({ db: plc.Database.mock() }).app)

const server = await listening()
const { port } = server.address()
mkdirSync(join(folder, 'blobs'), { recursive: true })
const environment = {
  devMode: true,
  hostname: 'localhost',
  port,
  dataDirectory: folder,
  blobstoreDiskLocation: join(folder, 'blobs'),
  didPlcUrl: `http://127.0.0.1:${directory.address().port}`,
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  rateLimitsEnabled: true,
  jwtSecret: process.env.JWT_SECRET,
  adminPassword: process.env.ADMIN_PASSWORD,
  plcRotationKeyK256PrivateKeyHex: random(32),
}
const pds = await PDS.create(envToCfg(environment), envToSecrets(environment))
await pds.ctx.sequencer.start()
server.on('request', pds.app)
console.log(`http://127.0.0.1:${port}`)

process.stdin.resume()
await once(process.stdin, 'end')
process.exit()
