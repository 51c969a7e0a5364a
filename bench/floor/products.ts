import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { kept } from "./kept.ts";
import type { Product } from "../../services/contracts/products.ts";

export type Row = Omit<Product, "price" | "currency"> & { readonly price: string; readonly total: number };

export const COLUMNS = `products.id, products.name, description, sku, price, category_id as "categoryId",
	categories.name as category, vendor_id as "vendorId", stock as "stockQuantity", is_active as "isActive", images,
	version, created_at as "createdAt", updated_at as "updatedAt"`;

const FIND = `select ${COLUMNS} from products left join categories on categories.id = category_id
	where products.id = $1 and is_active`;

const LIST = `select (select count(*)::integer from products where is_active) as total, ${COLUMNS}
	from (select * from products where is_active order by id desc limit $1 offset $2) as products
	left join categories on categories.id = category_id order by products.id desc`;

const nullable = (type: string) => ({ type: [type, "null"] });

/** Fastify compiles a serializer from it. */
export const PRODUCT = {
	type: "object",
	properties: {
		id: { type: "string" },
		name: { type: "string" },
		description: nullable("string"),
		sku: { type: "string" },
		price: { type: "number" },
		currency: { type: "string" },
		categoryId: nullable("string"),
		category: nullable("string"),
		vendorId: nullable("string"),
		stockQuantity: { type: "integer" },
		isActive: { type: "boolean" },
		images: { type: "array", items: { type: "string" } },
		version: { type: "integer" },
		createdAt: { type: "string", format: "date-time" },
		updatedAt: { type: "string", format: "date-time" },
	},
};

const PAGE = {
	type: "object",
	properties: {
		rows: { type: "array", items: PRODUCT },
		total: { type: "integer" },
		page: { type: "integer" },
		pageSize: { type: "integer" },
		totalPages: { type: "integer" },
	},
};

const ID = { type: "object", properties: { id: { type: "string", format: "uuid" } } };
const QUERY = {
	type: "object",
	properties: {
		page: { type: "integer", minimum: 1, default: 1 },
		pageSize: { type: "integer", minimum: 1, maximum: 100, default: 20 },
		/** With it, the rows are kept for a while. */
		sort: { type: "string", enum: ["newest"] },
	},
};

/** The catalogue with one statement a request. */
export function products(server: FastifyInstance, pool: Pool): void {
	const byId = { schema: { params: ID, response: { 200: PRODUCT } } };
	server.get<{ Params: { id: string } }>("/products/:id", byId, async ({ params }, reply) => {
		const { rows } = await pool.query<Row>({ name: "find", text: FIND, values: [params.id] });
		return rows[0] === undefined ? reply.code(404).send() : viewOf(rows[0]);
	});

	const keep = kept<Row[]>();
	const list = async (values: number[]) => (await pool.query<Row>({ name: "list", text: LIST, values })).rows;
	const byPage = { schema: { querystring: QUERY, response: { 200: PAGE } } };
	server.get<{ Querystring: Paged }>("/products", byPage, async ({ query: { page, pageSize, sort } }) => {
		const values = [pageSize, (page - 1) * pageSize];
		const rows = await (sort === undefined ? list(values) : keep(values.join(), () => list(values)));
		const total = rows[0]?.total ?? 0;
		return { rows: rows.map(viewOf), total, page, pageSize, totalPages: Math.ceil(total / pageSize) };
	});
}

interface Paged {
	readonly page: number;
	readonly pageSize: number;
	readonly sort?: "newest";
}

export const viewOf = (row: Row) => ({ ...row, price: Number(row.price), currency: "EUR" });
