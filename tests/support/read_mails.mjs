// Reads mails with postal-mime: one a line in base64, answered line by line with what a person sees of it.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { default: PostalMime } = createRequire(new URL("../../spa/package.json", import.meta.url))("postal-mime");

for await (const line of createInterface({ input: process.stdin })) {
  const mail = await PostalMime.parse(Buffer.from(line, "base64"));
  const people = [mail.to[0], mail.from, mail.replyTo[0]];
  console.log(JSON.stringify({ subject: mail.subject, names: people.map((one) => one.name), text: mail.text }));
}
