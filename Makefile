# The two commands that matter: `make run` and `make test`. The rest is in CONTRIBUTING.md.
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHONUNBUFFERED := 1
# Byte-code halves the start; some environments switch it off.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup setup-dev run chat test check format train index eval doctor widget bench-nlu bench-retrieval bench-noise bench-legal bench-analytics bench-diacritics bench-clinc bench-channels bench-widget bench-scope screenshots

help: ## Các lệnh có thể dùng / what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup:
	@scripts/setup.sh

setup-dev:
	@scripts/setup.sh --dev

run: setup ## Cài đặt (lần đầu) và chạy trợ lý / set up and start the assistant
	@$(PY) -m bot run

chat: setup ## Trò chuyện ngay trong cửa sổ lệnh / talk in the terminal
	@$(PY) -m bot chat

train: setup ## Huấn luyện lại Rasa / train the Rasa model
	@$(PY) -m bot train --force

index: setup ## Lập lại chỉ mục tìm kiếm / rebuild the search index
	@$(PY) -m bot index --force

doctor: setup ## Kiểm tra và chỉ cách sửa / say what is wrong and what to do
	@$(PY) -m bot doctor

check: setup-dev ## Kiểm tra nhanh (dưới 60 s) / the fast checks
	@scripts/check.sh

test: setup-dev ## Toàn bộ kiểm thử / everything
	@scripts/check.sh
	@scripts/test.sh

format: setup-dev
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

eval: setup-dev ## Đo chất lượng trả lời / measure the answers
	@$(PY) -m bot eval
	@$(PY) -m bench.retrieval
	@.venv-rasa/bin/python -m bench.nlu --diet

bench-nlu: setup-dev ## Đo phần hiểu câu hỏi, cạnh DIET của Rasa / measure understanding, beside Rasa's DIET
	@.venv-rasa/bin/python -m bench.nlu --diet

bench-retrieval: setup-dev ## Đo phần tìm kiếm / measure retrieval
	@$(PY) -m bench.retrieval
	@.venv-rasa/bin/python -m bench.nlu --diet --epochs 10

bench-scope: setup-dev ## Đo trả lời hay từ chối / measure what is answered and what is refused
	@$(PY) -m bench.scope

bench-noise: setup-dev ## Đo tìm kiếm khi gõ sai / measure search under slips of the keys
	@$(PY) -m bench.noise

bench-legal: setup-dev ## Đo tìm điều luật trên ALQAC và DRiLL / measure search for articles of law
	@$(PY) -m bench.legal

bench-analytics: setup-dev ## Đo trang số liệu với 200.000 tin nhắn / time the figures
	@$(PY) -m bench.analytics

bench-diacritics: setup-dev ## Đo việc thêm dấu / measure the restoring of diacritics
	@$(PY) -m bench.diacritics

bench-clinc: setup-dev ## Đo phân loại và từ chối trên CLINC150 / measure classifier and refusal
	@$(PY) -m bench.clinc --diet

bench-channels: setup-dev ## Đo các kênh: 10.000 tin, tắt ngang giữa chừng / lose nothing, under fire
	@$(PY) -m bench.channels

screenshots: setup-dev ## Chụp lại ảnh trong docs/screenshots / take the pictures of the documentation
	@SHOTS=docs/screenshots $(PY) -m pytest -q tests/journeys/test_browser_journeys.py tests/journeys/test_console_journeys.py

bench-widget: setup-dev ## Đo khung chat trên mạng chậm / time the widget on a slow line
	@$(PY) -m bench.widget

widget: ## Đóng gói khung chat (cần Node) / bundle the widget (needs Node)
	@cd connectors/widget && npm ci --silent && npm run build
