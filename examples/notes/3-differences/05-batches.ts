/** Batch learning (배치 학습): ten random indices, and the rows they name (팬시 인덱싱, fancy indexing). */
import { any, arange, equal, Generator, max, sort, unique } from "chainrule";
import { DataLoader, digits } from "chainrule/data";
import { choice } from "chainrule/random";

const generator = new Generator(1);
const train = digits({ samples: 200, seed: 1 });
const mask = choice(train.x.shape[0]!, { shape: [10], generator });
const [images, labels] = [train.x.at(mask), train.y.at(mask)];
console.log(
	`indices ${Array.from(mask.data).join(" ")}: images [${images.shape.join(", ")}], labels ${Array.from(labels.data).join(" ")}`,
);

// The note printed np.random.choice(train_size, batch_size): it draws with replacement, so an image may come twice.
for (const size of [10_000, 60_000]) {
	const different = arange(10).div(size).neg().add(1).prod().item();
	const batches = sort(choice(size, { shape: [20_000, 10], generator }), { axis: 1 });
	const twice = any(equal(batches.at(null, [1, null]), batches.at(null, [null, -1])), { axis: 1 })
		.mean()
		.item();
	console.log(
		`of ${size}: something twice with the chance ${(100 * (1 - different)).toFixed(3)} %, and in ${(100 * twice).toFixed(3)} % of 20000 batches`,
	);
}
const without = choice(60_000, { shape: [10], replacement: false, generator });
console.log(`without replacement: ${unique(without).values.size} different indices`);

// The note printed x_train.shape[0] == 10000. That is the size of MNIST's test set; there are 60,000 training images.
// Indices below 10,000 never reach the rest.
const epochs = choice(10_000, { shape: [60_000], generator });
console.log(
	`60000 draws of choice(10000): largest index ${max(epochs).item()}, ${(unique(epochs).values.size / 600).toFixed(1)} % of MNIST seen`,
);

// A loader shuffles, so that every sample comes once in an epoch.
const loader = new DataLoader({ index: arange(0, 200), y: train.y }, { batchSize: 10, shuffle: true, generator });
const seen = new Set([...loader].flatMap(({ index }) => Array.from(index.data)));
console.log(`loader: ${loader.length} batches, ${seen.size} different samples`);

// indices 171 4 154 88 98 171 94 156 124 78: images [10, 784], labels 5 0 7 0 4 5 9 7 3 7
// of 10000: something twice with the chance 0.449 %, and in 0.435 % of 20000 batches
// of 60000: something twice with the chance 0.075 %, and in 0.065 % of 20000 batches
// without replacement: 10 different indices
// 60000 draws of choice(10000): largest index 9999, 16.6 % of MNIST seen
// loader: 20 batches, 200 different samples
