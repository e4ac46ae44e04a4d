// Publishes CloudEvents to donthu as any agency's system would, and prints the answers it gets.
// Arguments: AMQP URI, agency, JSON list of CloudEvents. Prints one JSON list, an answer for each.
import { connect } from 'amqplib';

const [uri, agency, text] = process.argv.slice(2);
const events = JSON.parse(text);
const connection = await connect(uri);
const channel = await connection.createConfirmChannel();

const answers = [];
const answered = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(`${answers.length} of ${events.length} answers in 20 s`)), 20_000).unref();
  channel.consume(`agency.${agency}.replies`, (message) => {
    answers.push(JSON.parse(message.content.toString('utf8')));
    channel.ack(message);
    if (answers.length === events.length) resolve();
  });
});

for (const event of events) {
  channel.publish('agencies', `${agency}.${event.type}`, Buffer.from(JSON.stringify(event)), {
    contentType: 'application/cloudevents+json',
    persistent: true,
    mandatory: true,
  });
}
await channel.waitForConfirms();
await answered;
console.log(JSON.stringify(answers));
await channel.close(); // the acknowledgements go out before the connection does
await connection.close();
