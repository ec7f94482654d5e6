"""The same on Flask, under gunicorn: gunicorn flask_app:app with SECRET in the environment."""
import hashlib
import hmac
import os

from flask import Flask, jsonify, request

app = Flask(__name__)
secret = os.environ["SECRET"].encode()


@app.post("/webhooks/lynn")
def webhook():
    mac = hmac.new(secret, request.get_data(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(mac, request.headers.get("x-lynn-hmac-sha256", "")):
        return jsonify(error="wrong signature"), 401
    request.get_json()
    return jsonify(status="success")
