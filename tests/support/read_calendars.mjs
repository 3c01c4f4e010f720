// Reads calendars with ical.js: one a line in base64, answered line by line with what a program sees of it.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const ICAL = createRequire(new URL("../../spa/package.json", import.meta.url))("ical.js");

for await (const line of createInterface({ input: process.stdin })) {
  const calendar = new ICAL.Component(ICAL.parse(Buffer.from(line, "base64").toString()));
  const events = calendar.getAllSubcomponents("vevent").map((component) => {
    const text = (name) => component.getFirstPropertyValue(name) ?? "";
    const instant = (name) => text(name).toJSDate().toISOString().replace(".000", "");
    return [
      text("uid"),
      instant("dtstart"),
      instant("dtend"),
      text("summary"),
      text("status"),
      text("location"),
      text("description"),
      text("sequence"),
    ];
  });
  console.log(JSON.stringify(events));
}
