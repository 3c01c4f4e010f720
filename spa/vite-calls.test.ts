import { describe, expect, test } from "vitest";
import { usedApi } from "./vite-calls.ts";

const contract = `
export interface paths {
  "/api/boats/{boat_id}": { get: operations["read_boat"]; patch: operations["edit_boat"] };
  "/api/boats.csv": { get: operations["export"] };
}
export interface components { schemas: {
  Boat: { name: string; seats?: number | null; sister: components["schemas"]["Boat"] | null; colour: "red" | "blue" };
  Edit: { name: string; seats?: number };
} }
export interface operations {
  read_boat: {
    parameters: { query?: { at?: string }; header?: never; path: { boat_id: string }; cookie?: never };
    requestBody?: never;
    responses: { 200: { headers: {}; content: { "application/json": components["schemas"]["Boat"] } } };
  };
  edit_boat: {
    parameters: { query?: never; header?: { "Idempotency-Key"?: string }; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["Edit"] } };
    responses: { 204: { headers: {}; content?: never } };
  };
  export: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { headers: {}; content: { "text/csv": string } } };
  };
}`;

const used = (...code: string[]) => usedApi(contract, new Map(code.map((one, at) => [`src/${at}.ts`, one])));
const reading = 'import { call } from "./request";\nconst BOAT = "/api/boats/{boat_id}" as const;\ncall("get", BOAT);';

describe("what is recorded of the API", () => {
  test("each call, by whatever constant its path is made of, with all that it may ask for", () => {
    expect(used(reading).paths).toEqual({
      "/api/boats/{boat_id}": {
        get: {
          parameters: [{ name: "at", in: "query", required: false, schema: { type: "string" } }],
          responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Boat" } } } } },
        },
      },
    });
    const pieces = `import { file as get } from "../data/request"; const A = "/api/"; get(\`\${A}boats.csv\`, "text/csv");`;
    expect(Object.keys(used(pieces).paths)).toEqual(["/api/boats.csv"]);
  });

  test("of an answer what some module reads, in any way that there is to read it", () => {
    const fields = (code: string) => Object.keys(used(reading, code).components.schemas.Boat?.properties ?? {});
    expect(fields("")).toEqual([]);
    expect(fields("boat.sister.name")).toEqual(["name", "sister"]);
    expect(fields("const { seats } = boat;")).toEqual(["seats"]);
    expect(fields('function show({ seats, ...rest }) { return rest["colour"]; }')).toEqual(["seats", "colour"]);
    expect(fields('const columns = ["name"];')).toEqual(["name"]);
    expect(fields('const table = { seats: "Seats" }; for (const name in table) show(boat[name]);')).toEqual(["seats"]);
  });

  test("of a request everything, also what nothing reads", () => {
    const { paths, components } = used('import { call } from "./request"; call("patch", "/api/boats/{boat_id}", {});');
    expect(paths["/api/boats/{boat_id}"]?.patch).toMatchObject({
      parameters: [{ name: "Idempotency-Key", in: "header", required: false }],
      requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Edit.sent" } } } },
      responses: { 204: {} },
    });
    expect(components.schemas["Edit.sent"]).toEqual({
      type: "object",
      properties: { name: { type: "string" }, seats: { type: "number" } },
      required: ["name"],
    });
  });

  test("nothing where a function of the same name is another", () => {
    expect(used('function run(call) { call("get", "/api/none"); }').paths).toEqual({});
  });

  test("a call that cannot be told stops the build", () => {
    expect(() => used('import { call } from "./request"; call("get", path);')).toThrow("must be constant");
    expect(() => used('import { call } from "./request"; call("get", "/api/none");')).toThrow(
      "contract.ts has no /api/none",
    );
  });
});
