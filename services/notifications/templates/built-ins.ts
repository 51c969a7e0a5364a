import { LAST_LOCALE } from "../domain/locale.ts";
import * as account from "./built-in/account.ts";
import * as orders from "./built-in/orders.ts";
import * as stock from "./built-in/stock.ts";
import type { BuiltIn, Version } from "./template.ts";

/** The templates that Stoa brings along, by name. */
export const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map(
	[account, orders, stock].flatMap((page) => Object.values<BuiltIn>(page)).map((template) => [template.name, template]),
);

/** What a template that Stoa brings along says while nobody has written another version in English. */
export function firstVersions(name: string): Version[] {
	const builtIn = BUILT_INS.get(name);
	return builtIn === undefined ? [] : [{ ...builtIn.source, id: null, locale: LAST_LOCALE, version: 1 }];
}
