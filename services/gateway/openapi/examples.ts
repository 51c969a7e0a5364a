const ID = "0199c1f0-0000-7000-8000-000000000001";
const ADDRESS = { line1: "Herrengasse 1", city: "Graz", postalCode: "8010", country: "AT" };
const EMAIL = "ada@example.com";

/** Bodies as a client would send them, by action; tests hold them against the contracts. */
export const EXAMPLES: Readonly<Record<string, object>> = {
	"users.register": { email: EMAIL, password: "correct horse battery", firstName: "Ada", address: ADDRESS },
	"users.login": { email: EMAIL, password: "correct horse battery" },
	"users.update": { firstName: "Ada", preferences: { locale: "de-AT", timezone: "Europe/Vienna" } },
	"users.setRole": { role: "vendor" },
	"users.createApiKey": { name: "mailer", scopes: ["notifications:send"] },
	"users.rotateApiKey": { graceSeconds: 3_600 },
	"products.create": { name: "Bowl", sku: "BOWL-1", price: 19.9, stockQuantity: 100, lowStockThreshold: 5 },
	"products.update": { price: 17.5 },
	"products.createCategory": { name: "Tableware", description: "What stands on a table" },
	"products.adjustInventory": { adjust: -2, reason: "broken" },
	"orders.place": {
		items: [{ productId: ID, quantity: 2 }],
		shippingAddress: ADDRESS,
		paymentMethod: "pm_card_visa",
	},
	"orders.setStatus": { status: "processing" },
	"orders.pay": { orderId: ID, paymentMethod: "pm_card_visa" },
	"payments.refund": { paymentId: ID, amount: 5, reason: "one was broken" },
};
