import { v7 as uuidv7 } from "uuid";
import type { Person, Shop } from "../shop.ts";

type Body = Readonly<Record<string, unknown>>;

/** People, and things of theirs that come into being when they are first asked for. */
export class Scene {
	readonly shop: Shop;
	readonly owner: Person;
	readonly other: Person;
	readonly vendor: Person;
	readonly otherVendor: Person;
	readonly admin: Person;
	readonly #made = new Map<string, Promise<Body>>();

	private constructor(shop: Shop, [owner, other, vendor, otherVendor, admin]: readonly Person[]) {
		this.shop = shop;
		if (!owner || !other || !vendor || !otherVendor || !admin) throw new Error("A scene has five people.");
		Object.assign(this, { owner, other, vendor, otherVendor, admin });
		[this.owner, this.other, this.vendor, this.otherVendor, this.admin] = [owner, other, vendor, otherVendor, admin];
	}

	/** New people in a shop, who have nothing yet. */
	static async in(shop: Shop): Promise<Scene> {
		return new Scene(shop, await shop.people(["customer", "customer", "vendor", "vendor", "admin"]));
	}

	/** Makes something by a POST, once for this scene. @throws when it is refused */
	made(who: Person, path: string, body: object, name = path): Promise<Body> {
		const before = this.#made.get(name);
		if (before !== undefined) return before;
		const made = this.posted(who, path, body);
		this.#made.set(name, made);
		return made;
	}

	/** @throws when it is refused */
	async posted({ token }: Partial<Person>, path: string, body: object): Promise<Body> {
		const answer = await this.shop.send("POST", path, { token, body });
		if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
		return answer.body;
	}

	product = () => this.made(this.vendor, "/products", { name: "Bowl", sku: uuidv7(), price: 5, stockQuantity: 1_000 });
	category = () => this.made(this.admin, "/products/categories", { name: `Category ${uuidv7()}` });
	apiKey = () => this.made(this.admin, "/api-keys", { name: "mailer", scopes: ["notifications:send"] });
	pending = async () => this.made(this.owner, "/orders", await this.basket(), "pending");

	async basket() {
		return { items: [{ productId: (await this.product()).id, quantity: 2 }], shippingAddress: "1 Main Street" };
	}

	async paid(): Promise<Body> {
		return this.made(this.owner, "/orders", { ...(await this.basket()), paymentMethod: "pm_card_visa" }, "paid");
	}

	/** An order on its way through the shop, up to the buyer. */
	async delivered(): Promise<Body> {
		const order = await this.paid();
		for (const status of ["processing", "shipped", "delivered"]) {
			await this.shop.send("PUT", `/orders/${String(order.id)}/status`, { token: this.admin.token, body: { status } });
		}
		return order;
	}

	async requestedReturn() {
		const order = await this.delivered();
		const made = await this.made(this.owner, `/orders/${String(order.id)}/return`, { reason: "too small" });
		return { id: order.id, returnId: made.id };
	}

	/** An account with a password, signed in. */
	async registered() {
		const email = `${uuidv7()}@example.com`;
		const body = await this.posted({}, "/auth/register", { email, password: PASSWORD });
		const person = { userId: (body.user as { id: string }).id, token: String(body.access_token) };
		return { ...person, email, refreshToken: String(body.refresh_token) };
	}
}

export const PASSWORD = "correct horse battery";
