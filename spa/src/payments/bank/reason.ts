import { sentence } from "../../ui/page";

/** Why the day was refused, or what the server answered. */
export function reason(error: unknown): string {
  return error instanceof RangeError ? error.message : sentence(error);
}
