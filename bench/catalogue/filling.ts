import { ADJECTIVES, COLOURS, DEPARTMENTS, MATERIALS, PHRASES, SYLLABLES } from "./words.ts";

/** So many products are of one brand, however many there are: what names a brand finds as much in each catalogue. */
export const PRODUCTS_PER_BRAND = 25;
const VENDORS = 50;
const SEED = 4;

const LEAVES = Object.values(DEPARTMENTS).flatMap((categories) => Object.entries(categories));
const NOUNS = LEAVES.flatMap(([, nouns]) => nouns);

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const array = (values: readonly string[]): string => `array[${values.map(literal).join(", ")}]`;

/** A number below `count`, as an SQL expression: the same for the same `n`, and independent for each `use`. */
const drawn = (use: number, count: number, n = "n"): string =>
	`((hashint8extended(${n}, ${SEED * 1_000 + use}) & 2147483647) % ${count} + 1)`;
const oneOf = (use: number, values: readonly string[], n?: string): string =>
	`(${array(values)})[${drawn(use, values.length, n)}]`;

const BRAND = "n / " + String(PRODUCTS_PER_BRAND);
const brand = `initcap(${[1, 2, 3].map((use) => oneOf(use, SYLLABLES, `(${BRAND})::bigint`)).join(" || ")})`;
const noun = drawn(4, NOUNS.length);
const name = [
	brand,
	...[oneOf(5, ADJECTIVES), oneOf(6, COLOURS), oneOf(7, MATERIALS), `(${array(NOUNS)})[${noun}]`],
	`(${drawn(8, 90)} * 10)::text`,
].join(" || ' ' || ");

/** Each phrase is in half as many descriptions as the one before. */
const description = PHRASES.map((phrase, index) =>
	index === 0
		? literal(phrase)
		: `case when ${drawn(20 + index, 2 ** index)} = 1 then ${literal(` ${phrase}`)} else '' end`,
).join(" || ");

/** Prices spread as in shops: most below 100, some thousands. */
const price = `round((5 * power(10::numeric, ${drawn(9, 2_500)} / 1000.0)), 2)`;

const categoryId = (number: string): string => `('01900000-0000-7000-8004-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
const productId = `('01900000-0000-7000-8003-' || lpad(to_hex(n), 12, '0'))::uuid`;
const vendorId = `('01900000-0000-7000-8005-' || lpad(to_hex(${drawn(10, VENDORS)}), 12, '0'))::uuid`;

/** Departments come after the leaves, so that a leaf's number follows from its place. */
const categories = [
	...Object.keys(DEPARTMENTS).map((each, index) => [LEAVES.length + index + 1, each, "null"] as const),
	...LEAVES.map(([each], index) => {
		const department = Object.values(DEPARTMENTS).findIndex((of) => each in of);
		return [index + 1, each, categoryId(String(LEAVES.length + department + 1))] as const;
	}),
].map(([number, each, parent]) => `(${categoryId(String(number))}, ${literal(each)}, ${parent})`);

/** Nine in ten are in stock. */
const stock = `case when ${drawn(11, 10)} = 1 then 0 else ${drawn(12, 500)} end`;

/**
 * The statements that fill an empty products database, made by the server from word lists: the same number gives the
 * same product in every catalogue. Its stock comes with the movement that explains it.
 */
export const FILL_CATEGORIES = `insert into categories (id, name, parent_id) values ${categories.join(", ")}`;

/** Products with the numbers from `$1` to `$2`. */
export const FILL_PRODUCTS = `insert into products (id, name, description, sku, price, category_id, vendor_id, created_at, updated_at)
	select ${productId}, ${name}, ${description}, 'SKU-' || n, ${price},
		${categoryId(`((${noun} - 1) / 6 + 1)`)}, ${vendorId},
		timestamptz '2020-01-01 00:00Z' + n * interval '1 minute', timestamptz '2020-01-01 00:00Z' + n * interval '1 minute'
	from generate_series($1::bigint, $2::bigint) as n`;

export const FILL_STOCK = `insert into inventory (product_id, initial, available)
	select id, stock, stock from (
		select ${productId} as id, ${stock} as stock from generate_series($1::bigint, $2::bigint) as n
	) as stocked`;

export const FILL_JOURNAL = `insert into movements (product_id, id, kind, quantity)
	select product_id, product_id, 'initial', initial from inventory where initial > 0`;

/** What the triggers would have learnt. */
export const FILL_WORDS = `insert into search_words (word)
	select distinct said.word from (select name from products union all select name from categories) as named
		cross join lateral words_of(named.name) as said (word)
	order by word`;
