import { readFileSync } from "node:fs";
import { type ESTree, type Plugin, parseSync, Visitor } from "vite";

/** A part of an OpenAPI document, as JSON. */
type Schema = { [keyword: string]: unknown };

/** The functions of `src/data/request.ts` that call the API; a file is always got. */
const CALLERS = ["call", "callWithHeaders", "file"];
const SOURCE = /\/src\/.+\.tsx?$/;

/**
 * Puts `assets/calls-….json` into the build: the API as this app uses it, an OpenAPI document with the calls that it
 * makes, all that they may send, and of the answers the fields that something in it reads. A deployment compares it
 * with the API's document of that day (`tools/sync/proof/skew.py`).
 */
export function recordCalls(): Plugin {
  const modules = new Map<string, string>();
  return {
    name: "record-calls",
    apply: "build",
    buildStart: () => modules.clear(),
    transform: {
      order: "pre",
      filter: { id: SOURCE },
      handler(code, id) {
        modules.set(id, code);
      },
    },
    generateBundle() {
      const contract = readFileSync(new URL("src/data/contract.ts", import.meta.url), "utf8");
      this.emitFile({ type: "asset", name: "calls.json", source: `${JSON.stringify(usedApi(contract, modules))}\n` });
    },
  };
}

/** The document, of the generated types and of the app's modules by their names. */
export function usedApi(contract: string, modules: ReadonlyMap<string, string>) {
  const calls = new Set<string>();
  const read = new Set<string>();
  for (const [name, code] of modules) {
    const { program } = parseSync(name, code);
    for (const call of callsOf(name, program)) calls.add(call);
    noteNames(program, read);
  }
  return documentOf(contract, [...calls].sort(), read);
}

/** `get /api/events` for each call in a module. */
function callsOf(name: string, program: ESTree.Program): string[] {
  const callers = new Map<string, string>();
  const constants = new Map<string, string>();
  const found: string[] = [];
  new Visitor({
    ImportDeclaration({ source, specifiers }) {
      if (!/(^|\/)request$/.test(source.value)) return;
      for (const one of specifiers) {
        if (one.type === "ImportSpecifier") callers.set(one.local.name, nameOf(one.imported));
      }
    },
    VariableDeclarator({ id, init }) {
      const value = init && textOf(init, constants);
      if (id.type === "Identifier" && value) constants.set(id.name, value);
    },
  }).visit(program);
  new Visitor({
    CallExpression({ callee, arguments: given }) {
      const caller = callee.type === "Identifier" ? (callers.get(callee.name) ?? "") : "";
      if (!CALLERS.includes(caller)) return;
      const texts = given.map((one) => (one.type === "SpreadElement" ? null : textOf(one, constants)));
      const [method, path] = caller === "file" ? ["get", texts[0]] : texts;
      if (!method || !path) throw new Error(`${name}: method and path of a call must be constant`);
      found.push(`${method} ${path}`);
    },
  }).visit(program);
  return found;
}

/** A text that is known without running anything: a literal, or a template of such texts. */
function textOf(node: ESTree.Expression, constants: ReadonlyMap<string, string>): string | null {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node.type === "Identifier") return constants.get(node.name) ?? null;
  if (node.type === "TSAsExpression") return textOf(node.expression, constants);
  if (node.type !== "TemplateLiteral") return null;
  const parts = node.expressions.map((one) => textOf(one, constants));
  if (parts.includes(null)) return null;
  return node.quasis.map(({ value }, at) => value.cooked + (parts[at] ?? "")).join("");
}

/**
 * The names of fields that something reads, on whatever object: `x.name`, `{ name } = x`, and every text and every key of
 * an object that may be used as one, as by the tables of forms. More than what is read of an answer, never less.
 */
function noteNames(program: ESTree.Program, read: Set<string>): void {
  new Visitor({
    MemberExpression({ property, computed }) {
      if (!computed && property.type === "Identifier") read.add(property.name);
    },
    ObjectPattern({ properties }) {
      for (const one of properties) {
        if (one.type === "Property" && one.key.type === "Identifier") read.add(one.key.name);
      }
    },
    ObjectExpression({ properties }) {
      for (const one of properties) {
        if (one.type === "Property" && one.key.type === "Identifier") read.add(one.key.name);
      }
    },
    Literal({ value }) {
      if (typeof value === "string") read.add(value);
    },
  }).visit(program);
}

interface Field {
  optional: boolean;
  type: ESTree.TSType;
}
type Fields = ReadonlyMap<string, Field>;

function documentOf(contract: string, calls: readonly string[], read: ReadonlySet<string>) {
  const types = new Map<string, Fields>();
  for (const one of parseSync("contract.ts", contract).program.body) {
    if (one.type !== "ExportNamedDeclaration" || one.declaration?.type !== "TSInterfaceDeclaration") continue;
    types.set(one.declaration.id.name, fieldsOf(one.declaration.body.body));
  }
  const schemas: Record<string, Schema> = {};
  const paths: Record<string, Record<string, Schema>> = {};

  /** What is sent is kept whole; of an answer, the fields that something reads. */
  const schemaOf = (type: ESTree.TSType, sent: boolean): Schema => {
    switch (type.type) {
      case "TSStringKeyword":
        return { type: "string" };
      case "TSNumberKeyword":
        return { type: "number" };
      case "TSBooleanKeyword":
        return { type: "boolean" };
      case "TSNullKeyword":
        return { type: "null" };
      case "TSUnknownKeyword":
        return {};
      case "TSParenthesizedType":
        return schemaOf(type.typeAnnotation, sent);
      case "TSLiteralType":
        if (type.literal.type === "Literal") return { const: type.literal.value };
        break;
      case "TSArrayType":
        return { type: "array", items: schemaOf(type.elementType, sent) };
      case "TSUnionType":
        return { anyOf: type.types.map((one) => schemaOf(one, sent)) };
      case "TSTypeReference":
        // Record<string, never>: an object of which nothing is known.
        return { type: "object", properties: {}, required: [] };
      case "TSIndexedAccessType": {
        const [, , schema = ""] = pathOf(type);
        const name = sent ? `${schema}.sent` : schema;
        if (!(name in schemas)) {
          schemas[name] = {};
          schemas[name] = schemaOf(partOf(types.get("components"), "schemas", schema), sent);
        }
        return { $ref: `#/components/schemas/${name}` };
      }
      case "TSTypeLiteral": {
        const values = type.members.find((one) => one.type === "TSIndexSignature");
        const fields = [...fieldsOf(type.members)].filter(([name]) => sent || read.has(name));
        return {
          type: "object",
          properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field.type, sent)])),
          required: fields.filter(([, { optional }]) => !optional).map(([name]) => name),
          ...(values ? { additionalProperties: schemaOf(values.typeAnnotation.typeAnnotation, sent) } : {}),
        };
      }
    }
    throw new Error(`contract.ts: a type of the kind ${type.type} is not known`);
  };

  const parametersOf = (operation: Fields | undefined): Schema[] =>
    ["query", "header"].flatMap((place) =>
      Array.from(membersOf(partOf(operation, "parameters", place)), ([name, { optional, type }]) => {
        return { name, in: place, required: !optional, schema: schemaOf(type, true) };
      }),
    );

  for (const call of calls) {
    const [method = "", path = ""] = call.split(" ");
    const [, id = ""] = pathOf(partOf(types.get("paths"), path, method));
    const operation = membersOf(partOf(types.get("operations"), id));
    const request = jsonOf(partOf(operation, "requestBody"));
    const answers = membersOf(partOf(operation, "responses"));
    paths[path] ??= {};
    paths[path][method] = {
      parameters: parametersOf(operation),
      ...(request ? { requestBody: content(schemaOf(request, true)) } : {}),
      responses: Object.fromEntries(
        Array.from(answers, ([status, { type }]) => {
          const answer = jsonOf(type);
          return [status, answer ? content(schemaOf(answer, false)) : {}];
        }),
      ),
    };
  }
  return { format: 1, paths, components: { schemas } };
}

const content = (schema: Schema) => ({ content: { "application/json": { schema } } });

/** The JSON of a request or an answer; null where there is none. */
function jsonOf(type: ESTree.TSType): ESTree.TSType | null {
  const contents = membersOf(type).get("content");
  return (contents && membersOf(contents.type).get("application/json")?.type) ?? null;
}

/** `components["schemas"]["Charter"]` by its parts. */
function pathOf(type: ESTree.TSType): string[] {
  if (type.type === "TSTypeReference" && type.typeName.type === "Identifier") return [type.typeName.name];
  if (type.type !== "TSIndexedAccessType") throw new Error(`contract.ts: ${type.type} is no part of a type`);
  const { indexType } = type;
  const literal = indexType.type === "TSLiteralType" ? indexType.literal : null;
  if (literal?.type !== "Literal") throw new Error(`contract.ts: ${indexType.type} is no name of a part`);
  return [...pathOf(type.objectType), String(literal.value)];
}

/** The type of a field, of a field of that, and so on. */
function partOf(fields: Fields | undefined, ...names: string[]): ESTree.TSType {
  const [name = "", ...rest] = names;
  const type = fields?.get(name)?.type;
  if (!type) throw new Error(`contract.ts has no ${name}: run \`make contract\``);
  return rest.length > 0 ? partOf(membersOf(type), ...rest) : type;
}

function membersOf(type: ESTree.TSType): Fields {
  return type.type === "TSTypeLiteral" ? fieldsOf(type.members) : new Map();
}

function fieldsOf(members: readonly ESTree.TSSignature[]): Fields {
  const fields = new Map<string, Field>();
  for (const one of members) {
    if (one.type !== "TSPropertySignature" || !one.typeAnnotation) continue;
    fields.set(nameOf(one.key), { optional: one.optional, type: one.typeAnnotation.typeAnnotation });
  }
  return fields;
}

function nameOf(key: ESTree.PropertyKey | ESTree.ModuleExportName): string {
  if (key.type === "Identifier") return key.name;
  if (key.type === "Literal") return String(key.value);
  throw new Error(`contract.ts: ${key.type} is no name`);
}
