"""Measure a support-vector machine on the digits, split by form and split at random (numbers of README.md).

    env/bin/python data/digits/baseline.py       # the environment of make.py

The settings are chosen on the training forms alone, each held out in turn; the test forms are looked at once.
"""

import gzip
from pathlib import Path

import numpy as np
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut
from sklearn.svm import SVC

HERE = Path(__file__).parent
FORM_STARTS = [0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667]
TRAIN = FORM_STARTS[10]  # the first ten forms, 1287 images; the last four, 510 images, are for testing
SEEDS = range(20)


def read_idx(name):
    content = gzip.decompress((HERE / name).read_bytes())
    sizes = np.frombuffer(content, ">u4", count=content[3], offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(sizes)


def main():
    images = read_idx("digits-images-idx3-ubyte.gz").reshape(-1, 64) / 16  # 0 … 1, as the lesson's network sees them
    labels = read_idx("digits-labels-idx1-ubyte.gz")
    forms = np.searchsorted(FORM_STARTS, np.arange(len(labels)), side="right")  # 1 … 14

    grid = {"C": [1, 3, 10, 30], "gamma": [0.05, 0.1, 0.2, 0.3, 0.5]}
    search = GridSearchCV(SVC(), grid, cv=LeaveOneGroupOut())
    search.fit(images[:TRAIN], labels[:TRAIN], groups=forms[:TRAIN])
    print(f"chosen {search.best_params_}: {100 * search.best_score_:.2f} % on training forms held out in turn")

    def accuracy(train, test):
        return 100 * SVC(**search.best_params_).fit(images[train], labels[train]).score(images[test], labels[test])

    order = np.arange(len(labels))
    print(f"split by form: {accuracy(order[:TRAIN], order[TRAIN:]):.2f} % of {len(labels) - TRAIN}")
    model = SVC(**search.best_params_).fit(images[:TRAIN], labels[:TRAIN])
    for form in range(11, 15):
        print(f"    form {form}: {100 * model.score(images[forms == form], labels[forms == form]):.1f} %")
    shuffles = [np.random.default_rng(seed).permutation(len(labels)) for seed in SEEDS]
    random = [accuracy(shuffle[:TRAIN], shuffle[TRAIN:]) for shuffle in shuffles]
    print(f"split at random, same sizes, {len(random)} seeds: {np.mean(random):.2f} ± {np.std(random, ddof=1):.2f} %")
    each = [accuracy(forms != form, forms == form) for form in range(1, 15)]
    print("each form held out alone:", " ".join(f"{value:.1f}" for value in each))


if __name__ == "__main__":
    main()
