// emmett on MongoDB as a child process: one JSON request a line on stdin, one answer a line on stdout.
//   {"do":"append","callers":8,"seconds":1}  {"do":"read","seconds":1}  {"do":"replay"}
//   -> {"done":…,"seconds":…,"latencies_ms":[…]}
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { getMongoDBEventStore, toStreamName } from '@event-driven-io/emmett-mongodb';

const [uri, database, data, events] = process.argv.slice(2);
const EVENTS = Number(events); // in each stream that is read
const client = new MongoClient(uri, { maxPoolSize: 100, w: 'majority', journal: true });
await client.connect();
const documents = client.db(database).collection('emt:petition');
await documents.createIndex({ streamName: 1 }, { unique: true });
const store = getMongoDBEventStore({
  client: client.db(database).client,
  storage: { type: 'COLLECTION_PER_STREAM_TYPE', databaseName: database },
});
const happened = () => ({ type: 'PetitionReceived', data: JSON.parse(data), metadata: { actor: 'bench' } });
const long = [];

async function append(count, isLong = false) {
  const stream = toStreamName('petition', randomUUID());
  const news = Array.from({ length: count }, happened);
  await store.appendToStream(stream, news, { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' });
  if (isLong) long.push(stream);
}

async function hammered(work, callers, seconds) {
  const latencies = [], started = performance.now(), end = started + seconds * 1000;
  await Promise.all(Array.from({ length: callers }, async () => {
    for (let before = performance.now(); before < end;) {
      await work();
      const after = performance.now();
      latencies.push(after - before);
      before = after;
    }
  }));
  return told(latencies.length, started, latencies);
}

async function replay() {
  const started = performance.now();
  let done = 0;
  for await (const document of documents.find({}, { batchSize: 2000 })) done += document.messages.length;
  return told(done, started, []);
}

async function read() {
  const stream = long[Math.floor(Math.random() * long.length)];
  const { events } = await store.readStream(stream);
  if (events.length !== EVENTS) throw new Error(`${events.length} events in ${stream}`);
}

const told = (done, started, latencies_ms) =>
  ({ done, seconds: (performance.now() - started) / 1000, latencies_ms });

const answers = {
  fill: async ({ streams }) => {
    const started = performance.now();
    for (let left = streams; left > 0; left--) await append(EVENTS, true);
    return told(streams, started, []);
  },
  append: ({ callers, seconds }) => hammered(() => append(1), callers, seconds),
  read: ({ seconds }) => hammered(read, 1, seconds),
  replay,
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  console.log(JSON.stringify(await answers[asked.do](asked)));
}
await store.close?.();
await client.close();
process.exit(0);
